//! Request bodies, read the way DRF's serializers read them.

mod char_field;
mod invalid_body;
pub(crate) mod json_body;
mod typed;

pub(crate) use char_field::CharField;
pub(crate) use invalid_body::InvalidBody;

use super::rejection::json;
use super::view_protocol::ViewProtocol;
use crate::secret::Secret;
use crate::settings::Settings;
use ::http::request::Parts;
use axum::body::Body;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use zeroize::Zeroizing;

/// The largest body of a token view, in bytes: room for the longest token and password many times over.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// The members of a request body, as JSON texts.
pub(crate) struct Fields {
    members: Vec<(String, Secret)>,
    errors: Vec<(String, Vec<String>)>,
    protocol: &'static dyn ViewProtocol,
    python_texts: bool,
}

impl Fields {
    /// Reads the body of a request with this head.
    pub(crate) async fn read(parts: &Parts, body: Body, settings: &Settings) -> Result<Self, InvalidBody> {
        let protocol = settings.profile.protocol();
        let body = collect(body, protocol).await?;
        let members = match &body[..] {
            // DRF: without a body there is nothing to parse, whatever the media type.
            [] => Vec::new(),
            text => protocol.members(&parts.headers, text)?,
        };
        let members = members.into_iter().map(|(name, json)| (name, json.into())).collect();
        Ok(Self { members, errors: Vec::new(), protocol, python_texts: settings.profile.rules().python_texts })
    }

    /// Whether there is a member of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.members.iter().any(|(member, _)| member == name)
    }

    /// Adds a text, which then is the one that counts.
    #[cfg(feature = "cookies")]
    pub(crate) fn put(&mut self, name: &str, text: &str) {
        self.members.push((name.to_owned(), serde_json::Value::from(text).to_string().into()));
    }

    /// Takes a text field; what is wrong with it is kept for [`finish`](Self::finish).
    pub(crate) fn text(&mut self, field: CharField<'_>) -> String {
        match self.read_text(field) {
            Ok(text) => text,
            Err(messages) => {
                self.errors.push((field.name.to_owned(), messages));
                String::new()
            }
        }
    }

    /// All faults at once.
    pub(crate) fn finish(self) -> Result<(), InvalidBody> {
        if self.errors.is_empty() { Ok(()) } else { Err(InvalidBody::Fields(self.errors)) }
    }

    /// The text, or DRF's messages.
    fn read_text(&self, field: CharField<'_>) -> Result<String, Vec<String>> {
        // Of fields that are given several times, the last one counts, as in Python.
        let json = self.members.iter().rev().find(|(name, _)| name == field.name).map(|(_, json)| json);
        let json = json.ok_or_else(|| vec!["This field is required.".to_owned()])?;
        field.read(json.expose(), self.python_texts, |raw| self.protocol.number(raw))
    }
}

/// The bytes, which are wiped once they are read.
async fn collect(body: Body, protocol: &dyn ViewProtocol) -> Result<Zeroizing<Vec<u8>>, InvalidBody> {
    let (limit, too_large) = protocol.body_limit();
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(Zeroizing::new(body.to_bytes().into())),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large),
        // The connection broke while the client was sending; nobody reads the answer.
        Err(_) => Err(InvalidBody::parse("JSON", "the body ended early")),
    }
}
