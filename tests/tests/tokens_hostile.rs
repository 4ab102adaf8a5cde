//! The attack corpus: every class of forged, malformed and merely odd token, over one algorithm of each family.
//!
//! All of them are refused without a panic and fast; the good ones beside them are accepted, so refusal means something.

mod token_support;

use jwt_auth::Settings;
use jwt_auth::error::TokenError::{self, *};
use jwt_auth::keys::Algorithm;
use std::time::{Duration, Instant};
use token_support::{
    Forge, NOW, base64url, good_payload, now, pair, payload, pem, settings, signing_text, verifier,
};

const FAMILIES: [Algorithm; 4] = [
    Algorithm::HS256,
    Algorithm::RS256,
    Algorithm::ES256,
    Algorithm::EdDSA,
];

struct Corpus {
    algorithm: Algorithm,
    forge: Forge,
    bad: Vec<(String, String, Option<TokenError>)>,
    good: Vec<(String, String)>,
}

#[test]
fn the_corpus() {
    let mut refused = 0;
    let mut accepted = 0;
    for algorithm in FAMILIES {
        let corpus = Corpus::new(algorithm);
        let verifier = verifier(&settings(algorithm));
        for (name, token, expected) in &corpus.bad {
            let verdict = timed(name, || verifier.verify(token, now()));
            match (verdict, expected) {
                (Ok(_), _) => panic!("{algorithm} {name} was accepted: {token}"),
                (Err(error), Some(expected)) => assert_eq!(error, *expected, "{algorithm} {name}"),
                (Err(_), None) => {}
            }
            refused += 1;
        }
        for (name, token) in &corpus.good {
            let verdict = timed(name, || verifier.verify(token, now()));
            assert!(verdict.is_ok(), "{algorithm} {name}: {verdict:?} {token}");
            accepted += 1;
        }
    }
    // A corpus that shrinks by accident would still pass.
    assert!(
        refused > 900 && accepted > 60,
        "{refused} refused, {accepted} accepted"
    );
}

/// What was learned from good tokens must not let bad ones pass: the whole corpus once more, after its good half.
#[test]
fn the_corpus_after_the_verifier_has_learned_headers() {
    for algorithm in FAMILIES {
        let corpus = Corpus::new(algorithm);
        let verifier = verifier(&settings(algorithm));
        for (name, token) in &corpus.good {
            assert!(verifier.verify(token, now()).is_ok(), "{name}");
            assert!(verifier.verify(token, now()).is_ok(), "{name} again");
        }
        for (name, token, _) in &corpus.bad {
            assert!(verifier.verify(token, now()).is_err(), "{algorithm} {name}");
        }
    }
}

#[test]
fn a_verifier_without_issuer_and_audience_ignores_both() {
    for algorithm in FAMILIES {
        let settings = Settings::new(signing_text(algorithm));
        let settings = Settings {
            algorithm,
            ..settings
        };
        let forge = Forge::new(algorithm);
        for value in [None, Some("\"elsewhere\""), Some("[\"x\"]"), Some("5")] {
            let token = forge.token(&payload(&[("aud", value), ("iss", value)]));
            assert!(
                verifier(&settings).verify(&token, now()).is_ok(),
                "{value:?}"
            );
        }
    }
}

#[test]
fn tokens_of_foreign_issuers_pass_when_the_claim_names_are_unset() {
    let settings = Settings {
        token_type_claim: None,
        jti_claim: None,
        user_id_claim: "sub".to_owned(),
        signing_key: None,
        verifying_key: Some(pem("PUBLIC KEY", &pair(Algorithm::RS256).public_info).into()),
        ..settings(Algorithm::RS256)
    };
    let verifier = verifier(&settings);
    let forge = Forge::new(Algorithm::RS256);
    let header = r#"{"alg":"RS256","typ":"JWT","kid":"NjVBRjY5MDlCMUIwNzU4RTA2QzZFMDQ4QzQ2MDAyQjVDNjk1RTM2Qg"}"#;
    let day = (NOW + 86_400).to_string();
    let changes = [
        ("token_type", None),
        ("jti", None),
        ("user_id", None),
        ("sub", Some("\"auth0|5f7c8ec7c33c6c004bbafe82\"")),
        ("azp", Some("\"my_client_id\"")),
        ("exp", Some(&*day)),
        (
            "realm_access",
            Some(r#"{"roles":["offline_access","user"]}"#),
        ),
        ("aud", Some(r#"["api","https://issuer.example/userinfo"]"#)),
    ];
    let token = forge.with_header(header, &payload(&changes));
    let verified = verifier
        .verify(&token, now())
        .expect("a good token of an Auth0 tenant");
    assert_eq!(verified.user_id(), Some("auth0|5f7c8ec7c33c6c004bbafe82"));
    assert_eq!((verified.jti(), verified.token_type()), (None, None));

    // Foreign issuers choose their own lives, up to a year and a day.
    for (life, expected) in [(366 * 86_400, None), (366 * 86_400 + 1, Some(LivesTooLong))] {
        let end = (NOW - 100 + life).to_string();
        let token = forge.token(&payload(&[("exp", Some(&end))]));
        assert_eq!(verifier.verify(&token, now()).err(), expected);
    }
}

#[test]
fn a_token_as_long_as_allowed_is_read_and_one_byte_more_is_not() {
    let algorithm = Algorithm::HS256;
    let forge = Forge::new(algorithm);
    let with_filler = |length: usize| {
        let filler = format!("\"{}\"", "x".repeat(length));
        forge.token(&payload(&[("filler", Some(&filler))]))
    };
    let long = (0..8192)
        .map(with_filler)
        .take_while(|token| token.len() <= 8192)
        .last();
    let long = long.expect("some fit");
    assert!(long.len() >= 8190);
    let verifier = verifier(&settings(algorithm));
    assert!(verifier.verify(&long, now()).is_ok());
    let longer = with_filler(7000);
    assert_eq!(verifier.verify(&longer, now()).err(), Some(TooLong));
    let huge = "a".repeat(10_000_000);
    assert_eq!(
        timed("huge", || verifier.verify(&huge, now())).err(),
        Some(TooLong)
    );
}

/// With the size cap lifted by the setting, the worst that a signer can write is still read in no time.
#[test]
fn nothing_a_signer_can_write_is_slow() {
    let algorithm = Algorithm::HS256;
    let settings = Settings {
        max_token_bytes: 1 << 20,
        ..settings(algorithm)
    };
    let verifier = verifier(&settings);
    let forge = Forge::new(algorithm);
    let names: Vec<String> = (0..40_000).map(|n| format!("\"m{n:07}\":{n}")).collect();
    let many = format!("{{{}}}", names.join(","));
    let escaped = "\\u0061".repeat(100_000);
    for (name, value) in [
        ("many members", many),
        ("many escapes", format!("\"{escaped}\"")),
        (
            "an escaped name",
            format!("{{\"{escaped}\":1,\"{escaped}b\":2}}"),
        ),
        ("a wide list", format!("[{}1]", "1,".repeat(300_000))),
        ("deep", format!("{}{}", "[".repeat(30), "]".repeat(30))),
    ] {
        let token = forge.token(&payload(&[("extra", Some(&value))]));
        let verdict = timed(name, || verifier.verify(&token, now()));
        assert!(verdict.is_ok(), "{name}: {verdict:?}");
    }
}

/// Far above what verification takes, far below what a client would notice; debug builds on busy machines included.
fn timed<T>(name: &str, f: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = f();
    let limit = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });
    assert!(start.elapsed() < limit, "{name} took {:?}", start.elapsed());
    result
}

impl Corpus {
    fn new(algorithm: Algorithm) -> Self {
        let mut corpus = Self {
            algorithm,
            forge: Forge::new(algorithm),
            bad: Vec::new(),
            good: Vec::new(),
        };
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

    fn refuse(
        &mut self,
        name: impl Into<String>,
        token: String,
        expected: impl Into<Option<TokenError>>,
    ) {
        self.bad.push((name.into(), token, expected.into()));
    }

    /// A well-signed token whose payload is the good one with changes.
    fn refuse_claims(&mut self, changes: &[(&str, Option<&str>)], expected: TokenError) {
        let token = self.forge.token(&payload(changes));
        self.refuse(format!("claims {changes:?}"), token, expected);
    }

    fn accept_claims(&mut self, changes: &[(&str, Option<&str>)]) {
        let token = self.forge.token(&payload(changes));
        self.good.push((format!("claims {changes:?}"), token));
    }

    /// A well-signed token with this header.
    fn refuse_header(&mut self, header: &str, expected: TokenError) {
        let token = self.forge.with_header(header, &good_payload());
        self.refuse(format!("header {header}"), token, expected);
    }

    fn good_ones(&mut self) {
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

    fn shapes(&mut self) {
        let good = self.forge.token(&good_payload());
        let (signed, signature) = good.rsplit_once('.').expect("three parts");
        let (header, body) = signed.split_once('.').expect("two parts");
        for (name, token) in [
            ("empty", String::new()),
            ("one dot", ".".to_owned()),
            ("two dots", "..".to_owned()),
            ("many dots", ".".repeat(8000)),
            ("one part", header.to_owned()),
            ("two parts", signed.to_owned()),
            ("four parts", format!("{good}.")),
            ("four parts with text", format!("{good}.{signature}")),
            ("a dot first", format!(".{good}")),
            (
                "five parts, as JWE",
                format!("{header}.{body}.{body}.{body}.{signature}"),
            ),
            (
                "JSON serialisation",
                format!(
                    r#"{{"protected":"{header}","payload":"{body}","signature":"{signature}"}}"#
                ),
            ),
            ("with its scheme", format!("Bearer {good}")),
        ] {
            self.refuse(name, token, Malformed);
        }
        for (name, token) in [
            ("space before", format!(" {good}")),
            ("space after", format!("{good} ")),
            ("newline after", format!("{good}\n")),
            ("NUL after", format!("{good}\0")),
            ("quoted", format!("\"{good}\"")),
            ("no header", format!(".{body}.{signature}")),
            ("no payload", format!("{header}..{signature}")),
            ("no signature", format!("{header}.{body}.")),
            (
                "doubled header",
                format!("{header}{header}.{body}.{signature}"),
            ),
            ("swapped", format!("{body}.{header}.{signature}")),
            (
                "too long",
                format!("{header}.{}.{signature}", "A".repeat(8192)),
            ),
            ("a cut token", good[..good.len() - 1].to_owned()),
        ] {
            self.refuse(name, token, None);
        }
    }

    fn base64(&mut self) {
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

    fn algorithms(&mut self) {
        let body = base64url(good_payload());
        for none in ["none", "None", "NONE", "nOnE", "none ", "\\u006eone"] {
            let header = base64url(format!(r#"{{"alg":"{none}","typ":"JWT"}}"#));
            self.refuse(
                format!("alg {none}, no signature"),
                format!("{header}.{body}."),
                None,
            );
            let signed = self.forge.segments(&header, &body);
            self.refuse(format!("alg {none}, signed"), signed, AlgorithmNotAllowed);
        }
        let own = self.algorithm;
        let others = Algorithm::ALL.into_iter().filter(|other| *other != own);
        for other in others {
            self.refuse_header(
                &format!(r#"{{"alg":"{other}","typ":"JWT"}}"#),
                AlgorithmNotAllowed,
            );
        }
        for name in [
            "", "HS", "hs256", "HS256 ", "ES256K", "ES512", "Ed25519", "RSA-OAEP", "dir",
            "A256GCM", "HS1",
        ] {
            self.refuse_header(
                &format!(r#"{{"alg":"{name}","typ":"JWT"}}"#),
                AlgorithmNotAllowed,
            );
        }
        for value in ["null", "1", "true", "[]", "{}"] {
            self.refuse_header(&format!(r#"{{"alg":{value}}}"#), BadHeader);
        }
        self.refuse_header(&format!(r#"{{"alg":["{own}"]}}"#), BadHeader);
        self.refuse_header(r#"{"typ":"JWT"}"#, BadHeader);
        self.refuse_header(r#"{}"#, BadHeader);
    }

    fn headers(&mut self) {
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
            r#""x5t":"AAAA""#,
            r#""x5t#S256":"AAAA""#,
        ] {
            self.refuse_header(&with(member), ForbiddenHeader);
        }
        for kid in [
            "",
            "\\u0000",
            "a\\nb",
            "a\\u001b[31m",
            "\u{e4}",
            "\\ud83d\\ude00",
            "\u{7f}",
            &"k".repeat(257),
        ] {
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
            (
                "deep nesting",
                with(&format!(r#""a":{}{}"#, "[".repeat(2000), "]".repeat(2000))),
            ),
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

    /// HMAC with everything that is public about a key, and with what people choose as secrets.
    fn key_confusion(&mut self) {
        let pair = pair(match self.algorithm {
            Algorithm::HS256 => Algorithm::RS256,
            other => other,
        });
        let pem_text = pem("PUBLIC KEY", &pair.public_info);
        let mut secrets: Vec<Vec<u8>> = vec![
            pem_text.clone().into_bytes(),
            pem_text.trim().as_bytes().to_vec(),
            pem_text.replace('\n', "").into_bytes(),
            pem_text.replace('\n', "\r\n").into_bytes(),
            pem_text.replace('\n', "\\n").into_bytes(),
            format!(" {pem_text}").into_bytes(),
            format!("{pem_text}\n").into_bytes(),
            pem_text
                .lines()
                .filter(|line| !line.starts_with('-'))
                .collect::<String>()
                .into_bytes(),
            pair.public_info.clone(),
            pair.public_info[pair.public_info.len() - 32..].to_vec(),
            pair.public_info[pair.public_info.len() - 65..].to_vec(),
        ];
        for guess in [
            "",
            "\0",
            "secret",
            "password",
            "changeme",
            "your-256-bit-secret",
            "key",
            "jwt",
            "django-insecure-key",
        ] {
            secrets.push(guess.as_bytes().to_vec());
        }
        for (index, secret) in secrets.iter().enumerate() {
            let forge = Forge::with_secret(secret);
            let own = self.algorithm;
            for header in [
                r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(),
                format!(r#"{{"alg":"{own}","typ":"JWT"}}"#),
            ] {
                let token = forge.with_header(&header, &good_payload());
                self.refuse(format!("secret {index} under {header}"), token, None);
            }
        }
        let own = self.algorithm;
        for other in FAMILIES.into_iter().filter(|other| *other != own) {
            let forge = Forge::new(other);
            self.refuse(
                format!("signed by {other}"),
                forge.token(&good_payload()),
                AlgorithmNotAllowed,
            );
            let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm);
            let token = forge.with_header(&header, &good_payload());
            self.refuse(
                format!("signed by {other} in disguise"),
                token,
                BadSignature,
            );
        }
    }

    fn signatures(&mut self) {
        let header = base64url(format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm));
        let body = base64url(good_payload());
        let signed = format!("{header}.{body}");
        let signature = self.forge.signature(signed.as_bytes());
        let size = signature.len();
        let half = size / 2;
        let mut reversed = signature.clone();
        reversed.reverse();
        let mut candidates: Vec<(&str, Vec<u8>)> = vec![
            ("empty", vec![]),
            ("one byte", vec![0]),
            ("zeros", vec![0; size]),
            ("ones", vec![0xff; size]),
            ("zeros, half", vec![0; half]),
            ("ASN.1 zeros", b"\x30\x06\x02\x01\x00\x02\x01\x00".to_vec()),
            ("cut by one", signature[..size - 1].to_vec()),
            ("cut in half", signature[..half].to_vec()),
            ("half zero", [&signature[..half], &vec![0; half]].concat()),
            (
                "half zero, other side",
                [&vec![0; half], &signature[half..]].concat(),
            ),
            (
                "swapped halves",
                [&signature[half..], &signature[..half]].concat(),
            ),
            ("with a zero before", [&[0], &signature[..]].concat()),
            ("with a zero after", [&signature[..], &[0]].concat()),
            ("twice", [&signature[..], &signature[..]].concat()),
            ("reversed", reversed),
            ("1024 bytes", vec![7; 1024]),
            ("1026 bytes", vec![7; 1026]),
            ("2000 bytes", vec![7; 2000]),
            ("of another text", self.forge.signature(b"another text")),
            (
                "of the payload alone",
                self.forge.signature(body.as_bytes()),
            ),
            (
                "of the header alone",
                self.forge.signature(header.as_bytes()),
            ),
            (
                "of the decoded payload",
                self.forge.signature(good_payload().as_bytes()),
            ),
        ];
        if self.algorithm == Algorithm::ES256 {
            // The order of P-256: r = n and s = n are as good as zero (CVE-2022-21449).
            let order: Vec<u8> = (0..32)
                .map(|at| {
                    u8::from_str_radix(
                        &"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
                            [2 * at..2 * at + 2],
                        16,
                    )
                    .expect("hex")
                })
                .collect();
            candidates.push(("r = s = n", [&order[..], &order[..]].concat()));
            candidates.push(("r = n", [&order[..], &signature[32..]].concat()));
            candidates.push(("s = n", [&signature[..32], &order[..]].concat()));
            candidates.push((
                "ASN.1",
                [
                    &b"\x30\x44\x02\x20"[..],
                    &signature[..32],
                    b"\x02\x20",
                    &signature[32..],
                ]
                .concat(),
            ));
        }
        for (name, candidate) in candidates {
            let token = format!("{signed}.{}", base64url(candidate));
            self.refuse(format!("signature {name}"), token, BadSignature);
        }
        for at in 0..size {
            let mut changed = signature.clone();
            changed[at] ^= 1 << (at % 8);
            let token = format!("{signed}.{}", base64url(changed));
            self.refuse(
                format!("signature with byte {at} changed"),
                token,
                BadSignature,
            );
        }
        for (name, body) in [
            ("another user", payload(&[("user_id", Some("\"1\""))])),
            (
                "a later exp",
                payload(&[("exp", Some(&(NOW + 299).to_string()))]),
            ),
            ("an admin", payload(&[("is_staff", Some("true"))])),
        ] {
            let token = format!("{header}.{}.{}", base64url(body), base64url(&signature));
            self.refuse(format!("signature kept for {name}"), token, BadSignature);
        }
    }

    fn payload_shapes(&mut self) {
        let good = good_payload();
        for (name, body) in [
            ("empty", String::new()),
            ("a list", format!("[{good}]")),
            (
                "the claims as a list",
                format!("[{},{},\"sub\",\"api\"]", NOW + 200, NOW - 100),
            ),
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
            (
                "33 levels",
                payload(&[("x", Some(&format!("{}{}", "[".repeat(32), "]".repeat(32))))]),
            ),
            (
                "2000 levels",
                payload(&[(
                    "x",
                    Some(&format!("{}{}", "[".repeat(2000), "]".repeat(2000))),
                )]),
            ),
            (
                "sub twice",
                format!(r#"{},"sub":"a","sub":"b"}}"#, good.trim_end_matches('}')),
            ),
            (
                "exp twice",
                format!(r#"{},"exp":{}}}"#, good.trim_end_matches('}'), NOW + 200),
            ),
            (
                "jti twice",
                format!(r#"{},"jti":"x"}}"#, good.trim_end_matches('}')),
            ),
            (
                "role twice, deep",
                payload(&[("x", Some(r#"[{"role":"a","role":"b"}]"#))]),
            ),
            (
                "user_id twice, escaped",
                format!(r#"{},"user\u005fid":"1"}}"#, good.trim_end_matches('}')),
            ),
        ] {
            let token = self.forge.token(&body);
            self.refuse(format!("payload: {name}"), token, BadPayload);
        }
        let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm);
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let inside = [
            good.trim_end_matches('}').as_bytes(),
            b",\"ignored\":\"\xff\"}",
        ]
        .concat();
        let overlong = [
            good.trim_end_matches('}').as_bytes(),
            b",\"ignored\":\"\xc0\xaf\"}",
        ]
        .concat();
        let surrogate = [
            good.trim_end_matches('}').as_bytes(),
            b",\"ignored\":\"\xed\xa0\x80\"}",
        ]
        .concat();
        for bytes in [utf16, inside, overlong, surrogate, b"\xff\xfe".to_vec()] {
            let token = self.forge.bytes(header.as_bytes(), &bytes);
            self.refuse("payload not in UTF-8", token, BadPayload);
        }
    }

    fn times(&mut self) {
        let seconds = |value: u64| value.to_string();
        self.refuse_claims(&[("exp", None)], MissingExpiry);
        self.refuse_claims(&[("iat", None)], MissingIssuedAt);
        for value in [
            "-1",
            "0",
            "1",
            "-0",
            &seconds(NOW - 30),
            &seconds(NOW - 31),
            &seconds(NOW - 1000),
        ] {
            self.refuse_claims(&[("exp", Some(value))], Expired);
        }
        for claim in ["exp", "nbf", "iat"] {
            for value in [
                "null",
                "true",
                "\"\"",
                "[]",
                "{}",
                "1.0",
                "1e10",
                "1.8e9",
                "1E9",
                "18446744073709551616",
                "9223372036854775808",
                "1e300",
                &format!("\"{NOW}\""),
                &format!("[{NOW}]"),
                &format!("{NOW}.5"),
            ] {
                self.refuse_claims(&[(claim, Some(value))], BadClaim);
            }
        }
        for value in [NOW + 31, NOW + 1000, NOW * 1000, i64::MAX as u64] {
            self.refuse_claims(&[("nbf", Some(&seconds(value)))], NotYetValid);
            self.refuse_claims(&[("iat", Some(&seconds(value)))], IssuedInFuture);
        }
        for value in [
            NOW + 201,
            NOW + 100_000,
            NOW * 1000,
            253_402_300_799,
            i64::MAX as u64,
        ] {
            self.refuse_claims(&[("exp", Some(&seconds(value)))], LivesTooLong);
        }
        for value in ["-1", "0", "-9223372036854775808", &seconds(NOW - 101)] {
            self.refuse_claims(&[("iat", Some(value))], LivesTooLong);
        }
        let refresh = [
            ("token_type", Some("\"refresh\"")),
            ("iat", Some(&*seconds(NOW - 86_400))),
        ];
        self.accept_claims(&[refresh[0], refresh[1], ("exp", Some("1800000000"))]);
        self.refuse_claims(
            &[refresh[0], refresh[1], ("exp", Some("1800000001"))],
            LivesTooLong,
        );
    }

    fn claims(&mut self) {
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
        for value in [
            "null",
            "5",
            "true",
            "[]",
            "{}",
            "\"\"",
            &format!("\"{}\"", "j".repeat(257)),
        ] {
            self.refuse_claims(&[("jti", Some(value))], BadClaim);
        }
        for claim in ["sub", "token_type"] {
            for value in ["null", "5", "true", "[]", "{}", "[\"access\"]"] {
                self.refuse_claims(&[(claim, Some(value))], BadClaim);
            }
        }
    }
}
