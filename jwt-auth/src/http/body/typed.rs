//! A body as a type of the application's own, with its faults told in DRF's shape.

use super::{Fields, InvalidBody};
use crate::secret::Secret;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess};
use std::collections::{BTreeMap, btree_map};
use std::fmt;

impl Fields {
    /// Reads a type with `#[derive(Deserialize)]`. serde stops at the first fault, so that one is told.
    pub(crate) fn typed<T: DeserializeOwned>(self) -> Result<T, InvalidBody> {
        // As in Python, the last one of a name counts.
        let members: BTreeMap<String, Secret> = self.members.into_iter().collect();
        let access = Members { rest: members.into_iter(), current: None };
        T::deserialize(MapAccessDeserializer::new(access)).map_err(|fault| match fault.field {
            Some(field) => InvalidBody::Fields(vec![(field, vec![fault.message])]),
            None => InvalidBody::Fields(vec![("non_field_errors".to_owned(), vec![fault.message])]),
        })
    }
}

struct Members {
    rest: btree_map::IntoIter<String, Secret>,
    current: Option<(String, Secret)>,
}

impl<'de> MapAccess<'de> for Members {
    type Error = FieldError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, FieldError> {
        self.current = self.rest.next();
        match &self.current {
            Some((name, _)) => seed.deserialize(name.clone().into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, FieldError> {
        let (name, raw) = self.current.take().ok_or_else(|| FieldError::new("No data provided"))?;
        // serde's own words would quote the value.
        let read = seed.deserialize(&mut serde_json::Deserializer::from_reader(raw.expose().as_bytes()));
        read.map_err(|_| {
            let message = if raw.expose() == "null" { "This field may not be null." } else { "Not a valid value." };
            FieldError::new(message)
        })
        .map_err(|fault| FieldError { field: Some(name), ..fault })
    }
}

#[derive(Debug)]
struct FieldError {
    field: Option<String>,
    message: String,
}

impl FieldError {
    fn new(message: &str) -> Self {
        Self { field: None, message: message.to_owned() }
    }
}

impl serde::de::Error for FieldError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new("Invalid data.")
    }

    fn missing_field(field: &'static str) -> Self {
        Self { field: Some(field.to_owned()), message: "This field is required.".to_owned() }
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        Self { field: Some(field.to_owned()), message: "Unknown field.".to_owned() }
    }
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FieldError {}
