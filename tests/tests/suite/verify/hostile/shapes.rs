//! Not three parts, or not base64url.

use super::corpus::Corpus;
use jwt_auth::error::TokenError::*;
use jwt_auth_tests::tokens::good_payload;

impl Corpus {
    pub(crate) fn shapes(&mut self) {
        let good = self.forge.token(&good_payload());
        let (signed, signature) = good.rsplit_once('.').expect("three parts");
        let (header, body) = signed.split_once('.').expect("two parts");
        for (name, token) in [
            ("empty", String::new()),
            ("one dot", ".".to_owned()),
            ("many dots", ".".repeat(8000)),
            ("one part", header.to_owned()),
            ("two parts", signed.to_owned()),
            ("four parts", format!("{good}.")),
            ("four parts with text", format!("{good}.{signature}")),
            ("a dot first", format!(".{good}")),
            ("five parts, as JWE", format!("{header}.{body}.{body}.{body}.{signature}")),
            (
                "JSON serialisation",
                format!(r#"{{"protected":"{header}","payload":"{body}","signature":"{signature}"}}"#),
            ),
            ("with its scheme", format!("Bearer {good}")),
        ] {
            self.refuse(name, token, Malformed);
        }
        for (name, token) in [
            ("two dots", "..".to_owned()),
            ("space before", format!(" {good}")),
            ("space after", format!("{good} ")),
            ("newline after", format!("{good}\n")),
            ("NUL after", format!("{good}\0")),
            ("quoted", format!("\"{good}\"")),
            ("no header", format!(".{body}.{signature}")),
            ("no payload", format!("{header}..{signature}")),
            ("no signature", format!("{header}.{body}.")),
            ("doubled header", format!("{header}{header}.{body}.{signature}")),
            ("swapped", format!("{body}.{header}.{signature}")),
            ("too long", format!("{header}.{}.{signature}", "A".repeat(8192))),
            ("a cut token", good[..good.len() - 1].to_owned()),
        ] {
            self.refuse(name, token, None);
        }
    }

    pub(crate) fn base64(&mut self) {
        let good = self.forge.token(&good_payload());
        let parts: Vec<&str> = good.split('.').collect();
        for part in 0..3 {
            for (name, change) in [
                ("padding", "="),
                ("double padding", "=="),
                ("newline", "\n"),
                ("space", " "),
                ("plus", "+"),
                ("slash", "/"),
                ("percent", "%3d"),
                ("NUL", "\0"),
                ("umlaut", "\u{e4}"),
                ("fullwidth", "\u{ff21}"),
                ("a superfluous character", "A"),
            ] {
                let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                parts[part].push_str(change);
                self.refuse(format!("{name} after part {part}"), parts.join("."), None);
                let mut parts: Vec<String> = parts.clone();
                parts[part] = format!("{change}{}", parts[part].trim_end_matches(change));
                self.refuse(format!("{name} before part {part}"), parts.join("."), None);
            }
        }
        // The same bytes with stray bits in the last character (RFC 4648 3.5): another text of the same signature.
        let signature = parts[2];
        let last = signature.chars().last().expect("not empty");
        for stray in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".chars() {
            if stray != last {
                let cut = &signature[..signature.len() - 1];
                let token = format!("{}.{}.{cut}{stray}", parts[0], parts[1]);
                self.refuse(format!("last character {stray}"), token, None);
            }
        }
        // Signed as it is, and still no base64url.
        for body in ["eyJ", "e", "e30=", "e+0", "e 30", "\u{e4}\u{e4}"] {
            let token = self.forge.segments(parts[0], body);
            self.refuse(format!("signed payload {body}"), token, None);
        }
    }
}
