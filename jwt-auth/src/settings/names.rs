//! Names as Django writes them: headers and token classes.

use super::input::InputError;
use crate::tokens::TokenClass;

/// The HTTP name of a header that may be written as WSGI does: `HTTP_X_ACCESS_TOKEN` is `X-Access-Token`.
pub(super) fn header_name(name: &str) -> String {
    let Some(words) = name.strip_prefix("HTTP_") else { return name.to_owned() };
    let words: Vec<_> = words.split('_').map(title_case).collect();
    words.join("-")
}

/// The class of a short name, a type, or a path below `rest_framework_simplejwt.tokens`.
pub(super) fn token_class(name: &str) -> Result<TokenClass, InputError> {
    let remedy = "write `AccessToken`, `RefreshToken`, `SlidingToken` or `UntypedToken`";
    match name.strip_prefix("rest_framework_simplejwt.tokens.").unwrap_or(name) {
        "AccessToken" | "access" => Ok(TokenClass::Access),
        "RefreshToken" | "refresh" => Ok(TokenClass::Refresh),
        "UntypedToken" | "untyped" => Ok(TokenClass::Untyped),
        "SlidingToken" | "sliding" => Ok(TokenClass::Sliding),
        other if other.contains('.') => Err(InputError::new(
            "a token class of your own is Python",
            format!("{remedy}; claims of your own are read with the extractor `TokenClaims`"),
        )),
        _ => Err(InputError::new("no such token class", remedy)),
    }
}

fn title_case(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_in_both_forms() {
        for (written, meant) in [
            ("HTTP_AUTHORIZATION", "Authorization"),
            ("HTTP_X_ACCESS_TOKEN", "X-Access-Token"),
            ("X-Access-Token", "X-Access-Token"),
            ("authorization", "authorization"),
            ("HTTP_", ""),
        ] {
            assert_eq!(header_name(written), meant);
        }
    }
}
