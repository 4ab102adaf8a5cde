//! What a token grants: the names in its permission, scope and role claims, read without allocating.

use crate::permissions::{PermissionSet, bit_of};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// The claim is there and is neither a string, an array nor `null`: nobody knows what it grants or forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// How one string is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextForm {
    /// As names with spaces between them (RFC 6749 3.3).
    Words,
    /// As one name.
    Whole,
}

/// The permissions of the set `E` in a claim's JSON text, as bits.
pub(crate) fn permission_bits<E: PermissionSet>(raw: &str) -> Result<u128, Unreadable> {
    let mut bits = 0;
    each_name(raw, TextForm::Words, |name| bits |= bit_of::<E>(name))?;
    Ok(bits)
}

/// Whether a claim's JSON text holds this name.
pub(crate) fn names(raw: &str, text: TextForm, wanted: &str) -> Result<bool, Unreadable> {
    let mut found = false;
    each_name(raw, text, |name| found |= name == wanted)?;
    Ok(found)
}

/// Calls `visit` with each name. Members of an array that are not strings are ignored, as unknown names are.
fn each_name(raw: &str, text: TextForm, mut visit: impl FnMut(&str)) -> Result<(), Unreadable> {
    let mut json = serde_json::Deserializer::from_str(raw);
    let seed = Names { visit: &mut visit, inside: false, text };
    seed.deserialize(&mut json).map_err(|_| Unreadable)
}

struct Names<'v> {
    visit: &'v mut dyn FnMut(&str),
    inside: bool,
    text: TextForm,
}

impl<'de> DeserializeSeed<'de> for Names<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or an array of strings")
    }

    fn visit_str<E>(self, name: &str) -> Result<(), E> {
        if self.text == TextForm::Words && !self.inside {
            name.split_ascii_whitespace().for_each(self.visit);
        } else {
            (self.visit)(name);
        }
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        if self.inside {
            while array.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        }
        loop {
            let seed = Names { visit: &mut *self.visit, inside: true, text: self.text };
            if array.next_element_seed(seed)?.is_none() {
                return Ok(());
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<(), A::Error> {
        while object.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        self.other()
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.other()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.other()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.other()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.other()
    }
}

impl Names<'_> {
    fn other<E: Error>(self) -> Result<(), E> {
        if self.inside { Ok(()) } else { Err(E::custom("neither a string nor an array")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    enum Perm {
        Read,
        Write,
    }

    impl PermissionSet for Perm {
        const NAMES: &'static [&'static str] = &["orders:read", "orders:write"];

        fn index(&self) -> usize {
            match self {
                Self::Read => 0,
                Self::Write => 1,
            }
        }
    }

    #[test]
    fn permissions_come_from_arrays_and_from_words() {
        for (raw, bits) in [
            (r#"["orders:write"]"#, 0b10),
            (r#"["orders:read","orders:write"]"#, 0b11),
            (r#"["orders:\u0072ead"]"#, 0b01),
            (r#"["unknown", 7, null, true, ["orders:read"], {"orders:read":1}]"#, 0),
            (r#"["orders:read orders:write"]"#, 0),
            (r#""orders:read  orders:write""#, 0b11),
            (r#""""#, 0),
            ("[]", 0),
            ("null", 0),
        ] {
            assert_eq!(permission_bits::<Perm>(raw), Ok(bits), "{raw}");
        }
        assert_eq!(Perm::Read.name(), "orders:read");
        assert_eq!(Perm::Write.name(), "orders:write");
    }

    #[test]
    fn a_claim_of_another_type_is_unreadable_rather_than_empty() {
        for raw in ["1", "-1", "1.5", "true", r#"{"orders:read":true}"#] {
            assert_eq!(permission_bits::<Perm>(raw), Err(Unreadable), "{raw}");
            assert_eq!(names(raw, TextForm::Whole, "a"), Err(Unreadable), "{raw}");
        }
    }

    #[test]
    fn a_role_in_one_string_is_one_role() {
        assert_eq!(names(r#""site admin""#, TextForm::Whole, "admin"), Ok(false));
        assert_eq!(names(r#""site admin""#, TextForm::Whole, "site admin"), Ok(true));
        assert_eq!(names(r#"["site admin"]"#, TextForm::Words, "site admin"), Ok(true));
        assert_eq!(names(r#""a b""#, TextForm::Words, "b"), Ok(true));
    }
}
