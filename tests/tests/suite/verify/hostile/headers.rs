//! What a header must not say.

use super::corpus::Corpus;
use jwt_auth::error::TokenError::*;
use jwt_auth::keys::Algorithm;
use jwt_auth_tests::tokens::{base64url, good_payload};

impl Corpus {
    pub(crate) fn algorithms(&mut self) {
        let body = base64url(good_payload());
        for none in ["none", "None", "NONE", "nOnE", "none ", "\\u006eone"] {
            let header = base64url(format!(r#"{{"alg":"{none}","typ":"JWT"}}"#));
            self.refuse(format!("alg {none}, no signature"), format!("{header}.{body}."), None);
            let signed = self.forge.segments(&header, &body);
            self.refuse(format!("alg {none}, signed"), signed, AlgorithmNotAllowed);
        }
        let own = self.algorithm;
        let others = Algorithm::ALL.into_iter().filter(|other| *other != own);
        for other in others {
            self.refuse_header(&format!(r#"{{"alg":"{other}","typ":"JWT"}}"#), AlgorithmNotAllowed);
        }
        for name in ["", "HS", "hs256", "HS256 ", "ES256K", "ES512", "Ed25519", "RSA-OAEP", "dir", "A256GCM", "HS1"] {
            self.refuse_header(&format!(r#"{{"alg":"{name}","typ":"JWT"}}"#), AlgorithmNotAllowed);
        }
        for value in ["null", "1", "true", "[]", "{}"] {
            self.refuse_header(&format!(r#"{{"alg":{value}}}"#), BadHeader);
        }
        self.refuse_header(&format!(r#"{{"alg":["{own}"]}}"#), BadHeader);
        self.refuse_header(r#"{"typ":"JWT"}"#, BadHeader);
        self.refuse_header(r#"{}"#, BadHeader);
    }

    pub(crate) fn headers(&mut self) {
        let alg = self.algorithm;
        let with = |member: &str| format!(r#"{{"alg":"{alg}","typ":"JWT",{member}}}"#);
        for member in [
            r#""crit":["exp"]"#,
            r#""crit":[]"#,
            r#""crit":["alg"]"#,
            r#""crit":["b64"],"b64":false"#,
            r#""crit":null"#,
            r#""cr\u0069t":["x"]"#,
            r#""b64":false"#,
            r#""b64":true"#,
            r#""zip":"DEF""#,
            r#""enc":"A128GCM""#,
            r#""cty":"JWT""#,
            r#""jwk":{"kty":"oct","k":"AAAA"}"#,
            r#""jwk":null"#,
            r#""jku":"https://evil.example/jwks""#,
            r#""jku":"http://127.0.0.1:1/""#,
            r#""x5u":"https://evil.example/cert""#,
            r#""x5c":["garbage"]"#,
            r#""x5t#S512":"AAAA""#,
        ] {
            self.refuse_header(&with(member), ForbiddenHeader);
        }
        for kid in ["", "\\u0000", "a\\nb", "a\\u001b[31m", "\u{e4}", "\\ud83d\\ude00", "\u{7f}", &"k".repeat(257)] {
            self.refuse_header(&with(&format!(r#""kid":"{kid}""#)), BadHeader);
        }
        for kid in ["null", "1", "true", "[\"a\"]", "{}"] {
            self.refuse_header(&with(&format!(r#""kid":{kid}"#)), BadHeader);
        }
        for member in [
            &format!(r#""alg":"{alg}""#),
            r#""typ":"JWT""#,
            r#""a":1,"a":1"#,
            r#""a":{"b":1,"\u0062":2}"#,
            r#""kid":"a","kid":"b""#,
            r#""\u0061lg":"none""#,
        ] {
            self.refuse_header(&with(member), BadHeader);
        }
        for typ in [
            "",
            "dpop+jwt",
            "logout+jwt",
            "secevent+jwt",
            "JOSE",
            "JWE",
            "application/",
            "jwt ",
            "application/application/jwt",
        ] {
            let header = format!(r#"{{"alg":"{alg}","typ":"{typ}"}}"#);
            self.refuse_header(&header, WrongMediaType);
        }
        for typ in ["null", "1", "[\"JWT\"]"] {
            self.refuse_header(&format!(r#"{{"alg":"{alg}","typ":{typ}}}"#), BadHeader);
        }
        let good = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
        for (name, header) in [
            ("a byte order mark", format!("\u{feff}{good}")),
            ("two objects", format!("{good}{good}")),
            ("a list", format!("[{good}]")),
            ("a string", format!("{:?}", good)),
            ("a comment", format!("{good}//")),
            ("a trailing comma", good.replace('}', ",}")),
            ("single quotes", good.replace('"', "'")),
            ("a cut object", good.replace('}', "")),
            ("deep nesting", with(&format!(r#""a":{}{}"#, "[".repeat(2000), "]".repeat(2000)))),
            ("only spaces", "   ".to_owned()),
        ] {
            let token = self.forge.with_header(&header, &good_payload());
            self.refuse(format!("header with {name}"), token, BadHeader);
        }
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let latin1 = [good.as_bytes(), b"\xe4"].concat();
        for header in [utf16, latin1, b"\xff".to_vec()] {
            let token = self.forge.bytes(&header, good_payload().as_bytes());
            self.refuse("header not in UTF-8", token, None);
        }
    }
}
