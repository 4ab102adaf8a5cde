//! Well-signed payloads that must not pass.

use super::corpus::Corpus;
use jwt_auth::error::TokenError::*;
use jwt_auth_tests::tokens::{NOW, good_payload, payload};

impl Corpus {
    pub(crate) fn payload_shapes(&mut self) {
        let good = good_payload();
        for (name, body) in [
            ("empty", String::new()),
            ("a list", format!("[{good}]")),
            ("the claims as a list", format!("[{},{},\"sub\",\"api\"]", NOW + 200, NOW - 100)),
            ("a string", "\"token\"".to_owned()),
            ("a number", "5".to_owned()),
            ("null", "null".to_owned()),
            ("two objects", format!("{good}{good}")),
            ("junk after", format!("{good}x")),
            ("a NUL after", format!("{good}\0")),
            ("a comment", format!("{good}/**/")),
            ("a byte order mark", format!("\u{feff}{good}")),
            ("a trailing comma", good.replace('}', ",}")),
            ("single quotes", good.replace('"', "'")),
            ("a cut object", good.replace('}', "")),
            ("NaN", payload(&[("x", Some("NaN"))])),
            ("Infinity", payload(&[("x", Some("-Infinity"))])),
            ("a huge number", payload(&[("x", Some("1e999"))])),
            ("a lone surrogate", payload(&[("x", Some("\"\\ud800\""))])),
            ("a bad escape", payload(&[("x", Some("\"\\x41\""))])),
            ("a raw newline", payload(&[("x", Some("\"\n\""))])),
            ("a leading zero", payload(&[("x", Some("01"))])),
            ("33 levels", payload(&[("x", Some(&format!("{}{}", "[".repeat(32), "]".repeat(32))))])),
            ("2000 levels", payload(&[("x", Some(&format!("{}{}", "[".repeat(2000), "]".repeat(2000))))])),
            ("sub twice", format!(r#"{},"sub":"a","sub":"b"}}"#, good.trim_end_matches('}'))),
            ("exp twice", format!(r#"{},"exp":{}}}"#, good.trim_end_matches('}'), NOW + 200)),
            ("jti twice", format!(r#"{},"jti":"x"}}"#, good.trim_end_matches('}'))),
            ("role twice, deep", payload(&[("x", Some(r#"[{"role":"a","role":"b"}]"#))])),
            ("user_id twice, escaped", format!(r#"{},"user\u005fid":"1"}}"#, good.trim_end_matches('}'))),
        ] {
            let token = self.forge.token(&body);
            self.refuse(format!("payload: {name}"), token, BadPayload);
        }
        let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm);
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let inside = [good.trim_end_matches('}').as_bytes(), b",\"ignored\":\"\xff\"}"].concat();
        let overlong = [good.trim_end_matches('}').as_bytes(), b",\"ignored\":\"\xc0\xaf\"}"].concat();
        let surrogate = [good.trim_end_matches('}').as_bytes(), b",\"ignored\":\"\xed\xa0\x80\"}"].concat();
        for bytes in [utf16, inside, overlong, surrogate, b"\xff\xfe".to_vec()] {
            let token = self.forge.bytes(header.as_bytes(), &bytes);
            self.refuse("payload not in UTF-8", token, BadPayload);
        }
    }

    pub(crate) fn times(&mut self) {
        let seconds = |value: u64| value.to_string();
        self.refuse_claims(&[("exp", None)], MissingExpiry);
        self.refuse_claims(&[("iat", None)], MissingIssuedAt);
        for value in ["-1", "0", "1", "-0", &seconds(NOW - 30), &seconds(NOW - 31), &seconds(NOW - 1000)] {
            self.refuse_claims(&[("exp", Some(value))], Expired);
        }
        for claim in ["exp", "nbf", "iat"] {
            for value in [
                "null",
                "true",
                "\"\"",
                "[]",
                "{}",
                "1e10",
                "1.8e9",
                "1E9",
                "18446744073709551616",
                "9223372036854775808",
                "1e300",
                &format!("\"{NOW}\""),
                &format!("[{NOW}]"),
            ] {
                self.refuse_claims(&[(claim, Some(value))], BadClaim);
            }
        }
        self.refuse_claims(&[("exp", Some("1.0"))], Expired);
        for value in [NOW + 31, NOW + 1000, NOW * 1000, i64::MAX as u64] {
            self.refuse_claims(&[("nbf", Some(&seconds(value)))], NotYetValid);
            self.refuse_claims(&[("iat", Some(&seconds(value)))], IssuedInFuture);
        }
        // What our own key has signed is good to its end, whatever lifetimes are set today.
        for value in [NOW + 201, NOW + 100_000, NOW * 1000, 253_402_300_799, i64::MAX as u64] {
            self.accept_claims(&[("exp", Some(&seconds(value)))]);
        }
        for value in ["-1", "0", "1.0", "-9223372036854775808", &seconds(NOW - 101)] {
            self.accept_claims(&[("iat", Some(value))]);
        }
    }

    pub(crate) fn claims(&mut self) {
        for value in [
            None,
            Some("null"),
            Some("5"),
            Some("{}"),
            Some("\"\""),
            Some("\"https://issuer.example/\""),
            Some("\"https://issuer.exampl\""),
            Some("\"https://issuer.example.evil\""),
            Some("\"HTTPS://ISSUER.EXAMPLE\""),
            Some("[\"https://issuer.example\"]"),
            Some("[\"https://evil.example\",\"https://issuer.example\"]"),
            Some("\"https://issuer.example\\u0000\""),
            Some("\" https://issuer.example\""),
        ] {
            self.refuse_claims(&[("iss", value)], WrongIssuer);
        }
        for value in [
            None,
            Some("null"),
            Some("5"),
            Some("true"),
            Some("{}"),
            Some("{\"api\":1}"),
            Some("[]"),
            Some("\"\""),
            Some("\"ap\""),
            Some("\"apis\""),
            Some("\"API\""),
            Some("\"api \""),
            Some("\"api,admin\""),
            Some("[1,2]"),
            Some("[\"api\",1]"),
            Some("[1,\"api\"]"),
            Some("[[\"api\"]]"),
            Some("[\"other\"]"),
            Some("[\"api\",null]"),
        ] {
            self.refuse_claims(&[("aud", value)], WrongAudience);
        }
        self.refuse_claims(&[("jti", None)], MissingId);
        for value in ["null", "5", "true", "[]", "{}", "\"\"", &format!("\"{}\"", "j".repeat(257))] {
            self.refuse_claims(&[("jti", Some(value))], BadClaim);
        }
        for claim in ["sub", "token_type"] {
            for value in ["null", "5", "true", "[]", "{}", "[\"access\"]"] {
                self.refuse_claims(&[(claim, Some(value))], BadClaim);
            }
        }
    }
}
