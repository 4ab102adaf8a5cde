//! base64url without padding (RFC 7515 2), in its one canonical form.

use base64::Engine;
use base64::engine::general_purpose::NO_PAD;
use std::sync::LazyLock;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
use base64::engine::GeneralPurpose as Fastest;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::Simd as Fastest;

/// Not base64url: another alphabet, padding, white space, stray bits at the end, or longer than there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BadBase64;

/// The bytes.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, BadBase64> {
    // Ready-made zeros (`vec![0; n]`) come from the slow path of common allocators; zeros made here do not.
    let mut bytes = Vec::with_capacity(text.len().div_ceil(4) * 3);
    ENGINE.decode_vec(text, &mut bytes).map_err(|_| BadBase64)?;
    Ok(bytes)
}

/// The bytes, in `buffer`, which must have room for three bytes to every four characters begun.
pub(crate) fn decode_into<'a>(text: &str, buffer: &'a mut [u8]) -> Result<&'a [u8], BadBase64> {
    let length = ENGINE.decode_slice(text, buffer).map_err(|_| BadBase64)?;
    buffer.get(..length).ok_or(BadBase64)
}

/// The text.
pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    ENGINE.encode(bytes)
}

/// Appends the text.
pub(crate) fn encode_onto(text: &mut String, bytes: impl AsRef<[u8]>) {
    ENGINE.encode_string(bytes, text);
}

/// Asks the processor once what it can do.
static ENGINE: LazyLock<Fastest> = LazyLock::new(|| {
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    let engine = Fastest::url_safe(NO_PAD);
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let engine = Fastest::new(&base64::alphabet::URL_SAFE, NO_PAD);
    engine
});

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    proptest! {
        /// Whatever the processor does in wide registers, it does what the plain engine does.
        #[test]
        fn agrees_with_the_plain_engine(
            bytes in prop::collection::vec(any::<u8>(), 0..400),
            at in any::<prop::sample::Index>(),
            put in "[A-Za-z0-9_=+/ \n\u{e4}-]{0,2}",
        ) {
            let text = encode(&bytes);
            prop_assert_eq!(&text, &URL_SAFE_NO_PAD.encode(&bytes));
            prop_assert_eq!(decode(&text), Ok(bytes));
            let at = at.index(text.len() + 1);
            let end = (at + put.len()).min(text.len());
            for changed in [
                format!("{}{put}{}", &text[..at], &text[at..]),
                format!("{}{put}{}", &text[..at], &text[end..]),
                text[..at].to_owned(),
            ] {
                prop_assert_eq!(decode(&changed).ok(), URL_SAFE_NO_PAD.decode(&changed).ok(), "{}", changed);
            }
        }
    }
}
