//! A second opinion on JSON, by serde_json.

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::{HashMap, HashSet};
use std::fmt;

/// One JSON object whose names differ at every level and that nests 32 deep at most: its members as they are written.
pub fn object(text: &str) -> Option<HashMap<String, Box<RawValue>>> {
    const DEEPEST: u32 = 32;
    let begins = text.trim_start_matches([' ', '\n', '\r', '\t']).starts_with('{');
    let mut from = serde_json::Deserializer::from_str(text);
    let depth = Depth.deserialize(&mut from).ok()?;
    from.end().ok()?;
    if !begins || depth > DEEPEST {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// The text, when it is a JSON string.
pub fn string(raw: &RawValue) -> Option<String> {
    serde_json::from_str(raw.get()).ok()
}

/// How deep it nests.
struct Depth;

impl<'de> DeserializeSeed<'de> for Depth {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<u32, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Depth {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_i64<E>(self, _: i64) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_u64<E>(self, _: u64) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_f64<E>(self, _: f64) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_str<E>(self, _: &str) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_unit<E>(self) -> Result<u32, E> {
        Ok(0)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<u32, A::Error> {
        let mut deepest = 0;
        while let Some(depth) = seq.next_element_seed(Depth)? {
            deepest = deepest.max(depth);
        }
        Ok(deepest + 1)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<u32, A::Error> {
        let (mut names, mut deepest) = (HashSet::new(), 0);
        while let Some(name) = map.next_key::<String>()? {
            if !names.insert(name) {
                return Err(Error::custom("a name twice"));
            }
            deepest = deepest.max(map.next_value_seed(Depth)?);
        }
        Ok(deepest + 1)
    }
}
