//! Claims inside of objects: `realm_access.roles`.

use crate::json::Object;
use crate::verify::VerifiedToken;

/// The JSON text of the claim that a setting names. A claim of that very name wins over a path with dots, and so it goes on inside of
/// objects: of several ways to cut a path, the longest name comes first.
pub(crate) fn find<'a>(token: &'a VerifiedToken, path: &str) -> Option<&'a str> {
    token.raw_claim(path).or_else(|| below(path, |name| token.raw_claim(name)))
}

/// Whether the claim of this name is the one that the setting names, or holds it.
pub(crate) fn leads_to(name: &str, path: &str) -> bool {
    path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn below<'a>(path: &str, member: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    path.rmatch_indices('.').find_map(|(dot, _)| within(member(path.get(..dot)?)?, path.get(dot + 1..)?))
}

fn within<'a>(text: &'a str, path: &str) -> Option<&'a str> {
    // Read once already, as a part of the payload: what is no object has no members.
    let object = Object::read(text).ok()?;
    object.get(text, path).or_else(|| below(path, |name| object.get(text, name)))
}

#[cfg(test)]
mod tests {
    use super::{leads_to, within};

    #[test]
    fn the_longest_name_comes_first() {
        let token = r#"{"a":{"b":{"c":1},"b.c":2},"a.b":{"c":3},"x.y":4,"x":{"y":5},"n":null,"l":[{"c":1}],"e":{"r\u006fles":6}}"#;
        for (path, found) in [
            ("a.b", Some(r#"{"c":3}"#)),
            ("a.b.c", Some("3")),
            ("x.y", Some("4")),
            ("e.roles", Some("6")),
            ("a", Some(r#"{"b":{"c":1},"b.c":2}"#)),
            ("n.c", None),
            ("l.c", None),
            ("a.c", None),
            ("a.", None),
            (".a", None),
            (".", None),
            ("", None),
        ] {
            assert_eq!(within(token, path), found, "{path}");
        }
        assert_eq!(within(r#"{"a":{"b":{"c":1},"b.c":2}}"#, "a.b.c"), Some("2"));
        assert_eq!(within(r#"{"a":{"b":{"c":1}}}"#, "a.b.c"), Some("1"));
    }

    #[test]
    fn a_claim_leads_to_what_is_in_it() {
        assert!(leads_to("a", "a") && leads_to("a", "a.b") && leads_to("a.b", "a.b.c"));
        assert!(!leads_to("a", "ab") && !leads_to("a.b", "a") && !leads_to("b", "a.b"));
    }
}
