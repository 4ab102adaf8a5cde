//! The corpus: names, tokens, and why each must be refused.

use jwt_auth::error::TokenError;
use jwt_auth::keys::Algorithm;
use jwt_auth_tests::tokens::{Forge, NOW, good_payload, payload};

pub(crate) struct Corpus {
    pub(crate) algorithm: Algorithm,
    pub(crate) forge: Forge,
    pub(crate) bad: Vec<(String, String, Option<TokenError>)>,
    pub(crate) good: Vec<(String, String)>,
}

impl Corpus {
    pub(crate) fn new(algorithm: Algorithm) -> Self {
        let mut corpus = Self { algorithm, forge: Forge::new(algorithm), bad: Vec::new(), good: Vec::new() };
        corpus.good_ones();
        corpus.shapes();
        corpus.base64();
        corpus.algorithms();
        corpus.headers();
        corpus.key_confusion();
        corpus.signatures();
        corpus.payload_shapes();
        corpus.times();
        corpus.claims();
        corpus
    }

    pub(crate) fn refuse(&mut self, name: impl Into<String>, token: String, expected: impl Into<Option<TokenError>>) {
        self.bad.push((name.into(), token, expected.into()));
    }

    /// A well-signed token whose payload is the good one with changes.
    pub(crate) fn refuse_claims(&mut self, changes: &[(&str, Option<&str>)], expected: TokenError) {
        let token = self.forge.token(&payload(changes));
        self.refuse(format!("claims {changes:?}"), token, expected);
    }

    pub(crate) fn accept_claims(&mut self, changes: &[(&str, Option<&str>)]) {
        let token = self.forge.token(&payload(changes));
        self.good.push((format!("claims {changes:?}"), token));
    }

    /// A well-signed token with this header.
    pub(crate) fn refuse_header(&mut self, header: &str, expected: TokenError) {
        let token = self.forge.with_header(header, &good_payload());
        self.refuse(format!("header {header}"), token, expected);
    }

    pub(crate) fn good_ones(&mut self) {
        let alg = self.algorithm;
        let good = good_payload();
        for header in [
            format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#),
            format!(r#"{{"typ":"JWT","alg":"{alg}"}}"#),
            format!(r#"{{"alg":"{alg}"}}"#),
            format!(r#" {{ "alg" : "{alg}" , "typ" : "jwt" }} "#),
            format!(r#"{{"alg":"{alg}","typ":"at+jwt"}}"#),
            format!(r#"{{"alg":"{alg}","typ":"application/AT+JWT"}}"#),
            format!(r#"{{"\u0061lg":"{alg}","typ":"\u004aWT"}}"#),
            format!(r#"{{"alg":"{alg}","kid":"any, as no key has one","nonce":{{"a":[1]}}}}"#),
        ] {
            let token = self.forge.with_header(&header, &good);
            self.good.push((header, token));
        }
        self.accept_claims(&[("exp", Some(&(NOW - 29).to_string()))]);
        self.accept_claims(&[("nbf", Some(&(NOW + 30).to_string()))]);
        self.accept_claims(&[("nbf", Some("-5"))]);
        self.accept_claims(&[("iat", Some(&(NOW + 30).to_string()))]);
        self.accept_claims(&[("aud", Some(r#"["other","admin"]"#))]);
        self.accept_claims(&[("aud", Some(r#""\u0061pi""#))]);
        self.accept_claims(&[("iss", Some(r#""https:\/\/issuer.example""#))]);
        self.accept_claims(&[("sub", Some("\"someone\""))]);
        self.accept_claims(&[("user_id", None)]);
        self.accept_claims(&[("token_type", None)]);
        self.accept_claims(&[("role", Some(r#"{"a":{"a":{"a":[]}}}"#))]);
        self.accept_claims(&[("name", Some("\"Zo\u{eb} \u{1f600} \\ud83d\\ude00\""))]);
    }
}
