//! Claims: the members of a token's payload, in their order.

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use std::fmt;

/// The members of a JSON object in the order they stand in a token, each kept as the JSON text it was written as.
///
/// Order and number formats survive a round trip, which `serde_json::Map` would lose; clients of SimpleJWT compare both.
///
/// ```
/// # use jwt_auth::Claims;
/// let mut claims = Claims::new();
/// claims.insert("tenant", "acme")?;
/// claims.insert("roles", ["support", "billing"])?;
/// assert_eq!(claims.get::<String>("tenant")?.as_deref(), Some("acme"));
/// assert_eq!(claims.to_json(), r#"{"tenant":"acme","roles":["support","billing"]}"#);
/// # Ok::<(), jwt_auth::ClaimError>(())
/// ```
#[derive(Clone, Default)]
pub struct Claims {
    members: Vec<(Box<str>, Box<RawValue>)>,
}

impl Claims {
    /// No claims.
    pub const fn new() -> Self {
        Self { members: Vec::new() }
    }

    /// Reads one JSON object.
    ///
    /// # Errors
    /// [`ClaimError`] when the text is not one JSON object, or has the same name twice.
    pub fn from_json(text: &str) -> Result<Self, ClaimError> {
        serde_json::from_str(text).map_err(|source| ClaimError::new("", source))
    }

    /// The claim as a Rust value; `None` when there is no such claim.
    ///
    /// # Errors
    /// [`ClaimError`] when the claim is there and is of another type.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ClaimError> {
        self.raw(name).map(|raw| serde_json::from_str(raw)).transpose().map_err(|source| ClaimError::new(name, source))
    }

    /// The claim's JSON text.
    pub fn raw(&self, name: &str) -> Option<&str> {
        let (_, value) = self.members.iter().find(|(known, _)| **known == *name)?;
        Some(value.get())
    }

    /// Sets a claim: in its place when there is one of that name, else at the end.
    ///
    /// # Errors
    /// [`ClaimError`] when the value cannot be written as JSON (a map with keys that are not strings, say).
    pub fn insert(&mut self, name: &str, value: impl Serialize) -> Result<(), ClaimError> {
        let raw = serde_json::value::to_raw_value(&value).map_err(|source| ClaimError::new(name, source))?;
        self.insert_raw(name, raw);
        Ok(())
    }

    /// Sets all of these claims.
    pub fn extend(&mut self, more: &Self) {
        for (name, value) in more.members() {
            self.insert_raw(name, value.to_owned());
        }
    }

    /// Keeps the claims whose names pass, in their order.
    pub(crate) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.members.retain(|(name, _)| keep(name));
    }

    /// Takes a claim out; `false` when there was none.
    pub fn remove(&mut self, name: &str) -> bool {
        let before = self.members.len();
        self.members.retain(|(known, _)| **known != *name);
        self.members.len() < before
    }

    /// Whether there is such a claim, of whatever type.
    pub fn contains(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Names and JSON texts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.members.iter().map(|(name, value)| (&**name, value.get()))
    }

    /// How many claims there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The object as compact JSON, in order: what is signed.
    pub fn to_json(&self) -> String {
        let mut out = String::with_capacity(32 * self.members.len() + 2);
        out.push('{');
        for (index, (name, value)) in self.members.iter().enumerate() {
            if index > 0 {
                out.push(',');
            }
            push_json_string(&mut out, name);
            out.push(':');
            out.push_str(value.get());
        }
        out.push('}');
        out
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.members.iter().map(|(name, value)| (&**name, &**value))
    }

    /// Names and JSON texts, without a copy.
    pub(crate) fn into_texts(self) -> impl Iterator<Item = (String, String)> {
        self.members.into_iter().map(|(name, value)| (name.into(), Box::<str>::from(value).into()))
    }

    pub(crate) fn insert_raw(&mut self, name: &str, value: Box<RawValue>) {
        match self.members.iter_mut().find(|(known, _)| **known == *name) {
            Some(member) => member.1 = value,
            None => self.members.push((name.into(), value)),
        }
    }
}

impl fmt::Debug for Claims {
    /// Names only: values may be personal data or a bearer of rights.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.members.iter().map(|(name, _)| name)).finish()
    }
}

impl PartialEq for Claims {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl Serialize for Claims {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> serde::Deserialize<'de> for Claims {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Claims;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
                let mut claims = Claims::new();
                while let Some((name, value)) = map.next_entry::<Box<str>, Box<RawValue>>()? {
                    claims.members.push((name, value));
                }
                // Sorted rather than compared each with each: the text may come from anybody.
                let mut names: Vec<&str> = claims.members.iter().map(|(name, _)| &**name).collect();
                names.sort_unstable();
                if names.windows(2).any(|pair| pair[0] == pair[1]) {
                    return Err(serde::de::Error::custom("a claim is given twice"));
                }
                Ok(claims)
            }
        }

        deserializer.deserialize_map(Members)
    }
}

/// A claim that is not of the type asked for, or cannot be written as JSON.
///
/// Names the claim and never its value.
#[derive(Debug, thiserror::Error)]
#[error("claim `{claim}` {problem}")]
pub struct ClaimError {
    claim: String,
    problem: &'static str,
}

impl ClaimError {
    pub(crate) fn new(claim: &str, source: serde_json::Error) -> Self {
        // serde_json's own text quotes the value, so only its category is kept.
        let problem = match source.classify() {
            serde_json::error::Category::Data => "is of another type",
            serde_json::error::Category::Io => "cannot be written as JSON",
            _ => "is not JSON",
        };
        Self { claim: claim.to_owned(), problem }
    }
}

fn push_json_string(out: &mut String, text: &str) {
    let plain = text.bytes().all(|b| b >= 0x20 && b != b'"' && b != b'\\');
    if plain {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        // Writing a `str` to a `String` cannot fail.
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}
