//! The key loader: every form it reads, every mistake it names.

use jwt_auth::keys::{Algorithm, JwkOrigin, KeyError, KeyStrictness, SigningKey, VerifyingKey};
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{SECRET, good_payload, now, pair, pem, rsa, settings, signing_key, signing_text};

const ASYMMETRIC: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

fn own_label(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::ES256 | Algorithm::ES384 => "EC PRIVATE KEY",
        Algorithm::EdDSA => "PRIVATE KEY",
        _ => "RSA PRIVATE KEY",
    }
}

#[test]
fn private_keys_load_in_every_common_form() {
    for algorithm in ASYMMETRIC {
        let pair = pair(algorithm);
        let pkcs8 = pem("PRIVATE KEY", &pair.pkcs8);
        let own = pem(own_label(algorithm), &pair.own_form);
        let thumbprint = signing_key(algorithm).verifying_key().thumbprint();
        for text in [
            pkcs8.clone(),
            own.clone(),
            pkcs8.replace('\n', "\\n"),
            pkcs8.replace('\n', "\r\n"),
            pkcs8.replace('\n', " "),
            format!("  \n{pkcs8}\n\n"),
            format!("Bag Attributes\n    friendlyName: mine\n{pkcs8}"),
            format!("-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{own}"),
        ] {
            let key = SigningKey::load(algorithm, &text, None).expect(&text);
            assert_eq!(key.verifying_key().thumbprint(), thumbprint, "{algorithm}");
        }
        for der in [&pair.pkcs8, &pair.own_form] {
            let key = SigningKey::from_der(algorithm, der, None).expect("good");
            assert_eq!(key.verifying_key().thumbprint(), thumbprint, "{algorithm}");
        }
    }
}

#[test]
fn the_public_half_verifies_what_the_private_half_signs() {
    for algorithm in ASYMMETRIC {
        let signing = signing_key(algorithm);
        let info = &pair(algorithm).public_info;
        let text = pem("PUBLIC KEY", info);
        let derived = signing.verifying_key();
        let exported = derived.to_public_jwk().expect("public");
        let strictness = KeyStrictness::Hardened;
        for public in [
            VerifyingKey::load(algorithm, &text, None),
            VerifyingKey::load(algorithm, &text.replace('\n', "\\n"), None),
            VerifyingKey::load(algorithm, &exported, None),
            VerifyingKey::from_der(algorithm, info, None),
            VerifyingKey::from_jwk(algorithm, &exported, JwkOrigin::Remote, strictness),
            Ok(derived),
        ] {
            assert_eq!(signing.self_check(&public.expect("good")), Ok(()), "{algorithm}");
        }
    }
}

#[test]
fn tokens_begin_with_the_bytes_of_simplejwt() {
    let token = signing_key(Algorithm::HS256).sign("{}");
    assert!(token.starts_with("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30."));
    let with_id = SigningKey::load(Algorithm::HS256, SECRET, Some("a\"b")).expect("good");
    let (header, _) = with_id.sign("{}").split_once('.').map(|(a, b)| (a.to_owned(), b.to_owned())).expect("parts");
    assert_eq!(header, jwt_auth_tests::tokens::base64url(r#"{"alg":"HS256","kid":"a\"b","typ":"JWT"}"#));
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let verifier = Verifier::new(&settings(algorithm), vec![key.verifying_key()]);
        assert!(verifier.verify(&key.sign(&good_payload()), now()).is_ok(), "{algorithm}");
    }
}

#[test]
fn keys_of_another_kind_are_named() {
    let of = |algorithm| match algorithm {
        Algorithm::ES256 => "an EC key on P-256",
        Algorithm::ES384 => "an EC key on P-384",
        Algorithm::EdDSA => "an Ed25519 key",
        _ => "an RSA key",
    };
    for algorithm in ASYMMETRIC {
        for other in ASYMMETRIC.into_iter().filter(|other| of(*other) != of(algorithm)) {
            let found = of(other);
            let expected = Some(KeyError::WrongKind { algorithm, found });
            let pair = pair(other);
            let private = pem("PRIVATE KEY", &pair.pkcs8);
            assert_eq!(SigningKey::load(algorithm, &private, None).err(), expected);
            let public = pem("PUBLIC KEY", &pair.public_info);
            assert_eq!(VerifyingKey::load(algorithm, &public, None).err(), expected);
            let own = pem(own_label(other), &pair.own_form);
            assert!(SigningKey::load(algorithm, &own, None).is_err(), "{algorithm} {other}");
            let jwk = signing_key(other).verifying_key().to_public_jwk().expect("public");
            assert!(VerifyingKey::load(algorithm, &jwk, None).is_err(), "{algorithm} {other}");
        }
    }
}

#[test]
fn mistakes_are_told_apart() {
    let algorithm = Algorithm::ES256;
    let pair = pair(algorithm);
    let private = pem("PRIVATE KEY", &pair.pkcs8);
    let public = pem("PUBLIC KEY", &pair.public_info);
    let verifying = |text: &str| VerifyingKey::load(algorithm, text, None).err();
    let signing = |text: &str| SigningKey::load(algorithm, text, None).err();
    assert_eq!(verifying(&private), Some(KeyError::PrivateKeyGiven));
    assert_eq!(signing(&public), Some(KeyError::PublicKeyGiven));
    let jwk = signing_key(algorithm).verifying_key().to_public_jwk().expect("public");
    assert_eq!(signing(&jwk), Some(KeyError::PublicKeyGiven));
    for text in ["", "  \n"] {
        assert_eq!((verifying(text), signing(text)), (Some(KeyError::Empty), Some(KeyError::Empty)));
    }
    for text in ["changeme", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"] {
        assert_eq!(verifying(text), Some(KeyError::NotAKey { algorithm }));
        assert_eq!(signing(text), Some(KeyError::NotAKey { algorithm }));
    }
    for (label, word) in [
        ("CERTIFICATE", "openssl x509"),
        ("ENCRYPTED PRIVATE KEY", "openssl pkey"),
        ("OPENSSH PRIVATE KEY", "ssh-keygen"),
        ("PGP PRIVATE KEY BLOCK", "PKCS#8"),
    ] {
        let text = signing(&pem(label, &pair.pkcs8)).expect("refused").to_string();
        assert!(text.contains(word), "{text}");
    }
    let legacy = private.replace("KEY-----\nM", "KEY-----\nProc-Type: 4,ENCRYPTED\n\nM");
    assert!(matches!(signing(&legacy), Some(KeyError::UnsupportedFormat { .. })));
    for damaged in [
        private.replace("-----END PRIVATE KEY-----", ""),
        private.replace("END PRIVATE", "END PUBLIC"),
        private.replace("\nM", "\n!"),
        format!("{private}{private}"),
        pem("PRIVATE KEY", &pair.pkcs8[..pair.pkcs8.len() - 1]),
        pem("PRIVATE KEY", b""),
    ] {
        assert!(matches!(signing(&damaged), Some(KeyError::Malformed(_))), "{damaged}");
    }
}

#[test]
fn messages_say_what_to_do_and_never_show_the_key() {
    let short = SigningKey::load(Algorithm::HS256, "hunter2hunter2", None).expect_err("short");
    assert_eq!(
        short.to_string(),
        "the HMAC secret has 14 bytes; HS256 needs at least 32: generate one with `openssl rand -base64 48`"
    );
    let confused = SigningKey::load(Algorithm::HS256, &signing_text(Algorithm::RS256), None);
    assert!(confused.expect_err("a PEM").to_string().contains("a PEM file"));
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        let shown = format!("{key:?} {:?}", key.verifying_key());
        assert!(shown.contains(algorithm.name()), "{shown}");
        assert!(!shown.contains(SECRET) && !shown.contains("bytes"), "{shown}");
        assert!(shown.len() < 200, "{shown}");
    }
}

#[test]
fn small_and_odd_rsa_keys_are_refused() {
    use aws_lc_rs::rsa::KeySize;
    let jwk = |n: &[u8], e: &[u8]| {
        let [n, e] = [n, e].map(jwt_auth_tests::tokens::base64url);
        let jwk = format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#);
        VerifyingKey::load(Algorithm::RS256, &jwk, None).err()
    };
    let modulus = |bytes: usize| {
        let mut modulus = vec![0x9d; bytes];
        modulus[bytes - 1] = 0x4f;
        modulus
    };
    let f4 = b"\x01\x00\x01";
    assert_eq!(jwk(&modulus(256), f4), None);
    assert_eq!(jwk(&modulus(1024), f4), None);
    for (bytes, bits) in [(64, 512), (128, 1024), (255, 2040), (1025, 8200)] {
        assert_eq!(jwk(&modulus(bytes), f4), Some(KeyError::RsaSize { bits }));
    }
    assert!(jwk(&[&[0], &modulus(256)[..]].concat(), f4).is_some());
    for e in [&b"\x01"[..], b"\x02", b"\x03", b"\x01\x00\x00", b"\x00\x01\x00\x01"] {
        assert_eq!(jwk(&modulus(256), e), Some(KeyError::RsaExponent), "{e:?}");
    }
    let large = rsa(KeySize::Rsa4096);
    assert!(SigningKey::load(Algorithm::RS512, &pem("PRIVATE KEY", &large.pkcs8), None).is_ok());
}

#[test]
fn jwks_are_held_to_their_purpose_and_their_curve() {
    let (x, y) = ("04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY", "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw");
    let load = |members: &str| VerifyingKey::load(Algorithm::ES256, &format!("{{{members}}}"), None).map(drop);
    let point = format!(r#""kty":"EC","crv":"P-256","x":"{x}","y":"{y}""#);
    for more in
        ["", r#","use":"sig""#, r#","key_ops":["verify","sign"]"#, r#","alg":"ES256""#, r#","x5c":["AA"],"ext":true"#]
    {
        assert_eq!(load(&format!("{point}{more}")), Ok(()), "{more}");
    }
    for (more, error) in [
        (r#","use":"enc""#, KeyError::JwkPurpose("use")),
        (r#","use":5"#, KeyError::JwkMember("use")),
        (r#","key_ops":["deriveKey"]"#, KeyError::JwkPurpose("key_ops")),
        (r#","key_ops":[]"#, KeyError::JwkPurpose("key_ops")),
        (r#","key_ops":"verify""#, KeyError::JwkMember("key_ops")),
        (r#","alg":"ES384""#, KeyError::JwkPurpose("alg")),
        (r#","alg":"none""#, KeyError::JwkPurpose("alg")),
        (r#","alg":null"#, KeyError::JwkMember("alg")),
        (r#","d":"AAAA""#, KeyError::PrivateKeyGiven),
        (r#","k":"AAAA""#, KeyError::PrivateKeyGiven),
        (r#","kid":5"#, KeyError::KeyId),
        (r#","kid":"a\nb""#, KeyError::KeyId),
        (r#","x":"AAAA""#, KeyError::JwkSyntax),
    ] {
        assert_eq!(load(&format!("{point}{more}")), Err(error), "{more}");
    }
    for (was, is) in [
        (y, "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgnw"),
        (y, ""),
        (x, "AAAA"),
        (x, "04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY="),
        (x, r#"a\",\"y\":\"b"#),
        ("P-256", "P-384"),
        ("P-256", "secp256k1"),
        ("\"EC\"", "\"RSA\""),
        ("\"EC\"", "5"),
    ] {
        assert!(load(&point.replace(was, is)).is_err(), "{was} -> {is}");
    }
    // Both coordinates in one, the other empty.
    let both = format!(r#""kty":"EC","crv":"P-256","x":"{x}{y}","y":"""#);
    assert!(load(&both).is_err());
    for text in ["{", "[]", "{}", r#"{"kty":null}"#] {
        assert!(VerifyingKey::load(Algorithm::ES256, text, None).is_err(), "{text}");
    }
}

#[test]
fn private_jwks_sign() {
    let ed25519 = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"ed"}"#;
    let key = SigningKey::load(Algorithm::EdDSA, ed25519, None).expect("RFC 8037 A.1");
    assert_eq!(key.key_id(), Some("ed"));
    let p256 = r#"{"kty":"EC","crv":"P-256","d":"yy49oPcINGK2ps0LmtxpB6UTEOiITghHBif6wDqmJ3c",
        "x":"04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY","y":"UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw"}"#;
    assert!(SigningKey::load(Algorithm::ES256, p256, Some("mine")).is_ok());
    for (text, was, is) in [
        (ed25519, "nWGx", "nWGy"),
        (p256, "yy49", "yy48"),
        (p256, "\"crv\"", "\"key_ops\":[\"verify\"],\"crv\""),
        (ed25519, "\"crv\"", "\"use\":\"enc\",\"crv\""),
    ] {
        let algorithm = if text == p256 { Algorithm::ES256 } else { Algorithm::EdDSA };
        assert!(SigningKey::load(algorithm, &text.replace(was, is), None).is_err(), "{was}");
    }
    let secret = format!(r#"{{"kty":"oct","k":"{}"}}"#, jwt_auth_tests::tokens::base64url(SECRET));
    let strictness = KeyStrictness::Hardened;
    assert!(SigningKey::from_jwk(Algorithm::HS256, &secret, None, strictness).is_ok());
    let remote = VerifyingKey::from_jwk(Algorithm::HS256, &secret, JwkOrigin::Remote, strictness);
    assert_eq!(remote.err(), Some(KeyError::RemoteSecret));
    let as_text = SigningKey::load(Algorithm::HS256, &secret, None);
    assert!(matches!(as_text.err(), Some(KeyError::SecretIsAKey { .. })));
}

#[test]
fn secrets_are_never_published() {
    let key = signing_key(Algorithm::HS256).verifying_key();
    assert_eq!(key.thumbprint(), Err(KeyError::NotPublishable));
    assert_eq!(key.to_public_jwk(), Err(KeyError::NotPublishable));
    for algorithm in ASYMMETRIC {
        let key = signing_key(algorithm).verifying_key().with_key_id(Some("k\"1")).expect("good");
        let jwk: serde_json::Value = serde_json::from_str(&key.to_public_jwk().expect("public")).expect("JSON");
        assert_eq!(jwk["alg"], algorithm.name());
        assert_eq!((&jwk["use"], &jwk["kid"]), (&"sig".into(), &"k\"1".into()));
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert!(jwk.get(private).is_none(), "{algorithm} {private}");
        }
    }
}

#[test]
fn key_ids_are_short_and_printable() {
    for bad in ["", "a\nb", "\u{e4}", &"k".repeat(257)] {
        let refused = SigningKey::load(Algorithm::HS256, SECRET, Some(bad));
        assert_eq!(refused.err(), Some(KeyError::KeyId), "{bad:?}");
    }
    assert!(SigningKey::load(Algorithm::HS256, SECRET, Some(&"k".repeat(256))).is_ok());
}
