//! What an issuer's server said.

/// A document as it came, with what matters of its headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JwksAnswer {
    /// The body, at most [`MAX_BYTES`](Self::MAX_BYTES): what is longer is refused. A client that reads from a network stops there.
    pub body: Vec<u8>,
    /// The header `Cache-Control`, if there is one.
    pub cache_control: Option<String>,
}

impl JwksAnswer {
    /// 256 KiB: no set of keys is nearly as long.
    pub const MAX_BYTES: usize = 256 * 1024;
}
