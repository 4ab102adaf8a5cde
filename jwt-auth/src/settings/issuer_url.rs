//! An issuer that is an address.

use super::Settings;

/// The parts of an issuer that is an https URL without query and fragment, as OpenID Connect Discovery 2 and RFC 8414 2 want it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IssuerUrl<'a> {
    /// As it is written.
    pub(crate) text: &'a str,
    /// Its path, without the slash at the end: empty, or `/tenant`.
    pub(crate) path: &'a str,
}

impl Settings {
    /// The setting `issuer`, where it is such a URL.
    pub(crate) fn issuer_url(&self) -> Option<IssuerUrl<'_>> {
        let text = self.issuer.as_deref()?;
        let rest = text.strip_prefix("https://")?;
        let at = rest.find('/').unwrap_or(rest.len());
        let (host, path) = rest.split_at(at);
        let is_plain = |char: char| char.is_ascii_graphic() && !"?#\\\"<>^`{|}@".contains(char);
        (!host.is_empty() && rest.chars().all(is_plain)).then(|| IssuerUrl { text, path: path.trim_end_matches('/') })
    }
}
