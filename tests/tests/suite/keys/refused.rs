//! What the loader refuses, row by row: each with a sentence that says what is wrong and one that says what to do.

use jwt_auth::keys::{Algorithm, JwkOrigin, JwkSet, KeyError, KeyStrictness, SigningKey, VerifyingKey};
use jwt_auth_tests::tokens::{SECRET, base64url, pair, pem, signing_key};

const X: &str = "04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY";
const Y: &str = "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw";

fn verifying(algorithm: Algorithm, text: &str) -> Option<KeyError> {
    VerifyingKey::load(algorithm, text, None).err()
}

fn signing(algorithm: Algorithm, text: &str) -> Option<KeyError> {
    SigningKey::load(algorithm, text, None).err()
}

fn secret(algorithm: Algorithm, bytes: &[u8]) -> Option<KeyError> {
    let signing = SigningKey::from_secret(algorithm, bytes, None, KeyStrictness::Hardened).err();
    assert_eq!(VerifyingKey::from_secret(algorithm, bytes, None, KeyStrictness::Hardened).err(), signing);
    signing
}

fn okp(crv: &str, x: impl AsRef<[u8]>) -> String {
    format!(r#"{{"kty":"OKP","crv":"{crv}","x":"{}"}}"#, base64url(x))
}

fn point(crv: &str, x: &str, y: &str) -> String {
    format!(r#"{{"kty":"EC","crv":"{crv}","x":"{x}","y":"{y}"}}"#)
}

fn rsa_jwk(n: &[u8], e: &[u8]) -> String {
    format!(r#"{{"kty":"RSA","n":"{}","e":"{}"}}"#, base64url(n), base64url(e))
}

/// As little of RFC 5915 as there can be.
fn sec_1(number: &[u8]) -> Vec<u8> {
    let inner = [&[2, 1, 1, 4, number.len() as u8], number].concat();
    [&[0x30, inner.len() as u8], &inner[..]].concat()
}

/// A SubjectPublicKeyInfo of Ed25519 around these bytes.
fn ed25519_info(bytes: &[u8; 32]) -> Vec<u8> {
    [&b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"[..], bytes].concat()
}

/// The words of each refusal that name what is wrong, and what to do about it.
#[test]
fn each_with_what_is_wrong_and_what_to_do() {
    use Algorithm::{ES256, ES384, EdDSA, HS256, HS384, HS512, RS256};
    let es256 = pair(ES256);
    let order_one: [u8; 32] = std::array::from_fn(|at| u8::from(at == 0));
    let not_canonical: [u8; 32] = std::array::from_fn(|at| if at == 31 { 0x7f } else { 0xff });
    let modulus: Vec<u8> = (0..256).map(|at| if at == 255 { 0x4f } else { 0x9d }).collect();
    let leading_zero = [&[0], &modulus[..]].concat();
    let f4 = b"\x01\x00\x01";
    let public = pem("PUBLIC KEY", &es256.public_info);
    let body: String = public.lines().filter(|line| !line.starts_with('-')).collect();
    let compressed = [&es256.public_info[..26], &[2], &es256.public_info[27..59]].concat();
    // Its two lengths are 32 bytes less.
    let compressed: Vec<u8> = compressed
        .iter()
        .enumerate()
        .map(|(at, byte)| match at {
            1 | 24 => byte - 32,
            _ => *byte,
        })
        .collect();
    let set = JwkSet::publish(&[signing_key(ES256).verifying_key()]);
    for (row, refused, wrong, remedy) in [
        // Secrets.
        ("no secret", secret(HS256, b""), "is empty", "openssl rand -base64 48"),
        ("a secret of white space", secret(HS256, b" \n\t"), "is empty", "openssl rand"),
        ("1 byte", secret(HS256, b"k"), "has 1 bytes", "openssl rand -base64 48"),
        ("31 bytes", secret(HS256, &SECRET.as_bytes()[..31]), "has 31 bytes", "openssl rand -base64 48"),
        ("47 for HS384", secret(HS384, &SECRET.as_bytes()[..47]), "has 47 bytes", "openssl rand -base64 72"),
        ("32 for HS512", secret(HS512, &SECRET.as_bytes()[..32]), "has 32 bytes", "openssl rand -base64 96"),
        (
            "short and NULs, the same key",
            secret(HS256, &[b"k\x01", &[0; 62][..]].concat()),
            "has 2 bytes",
            "openssl rand",
        ),
        ("NULs", secret(HS256, &[0; 64]), "one byte repeated", "openssl rand"),
        ("one byte repeated", secret(HS256, &[7; 64]), "one byte repeated", "openssl rand"),
        ("a PEM as a secret", signing(HS256, &public), "a PEM file", "set `algorithm`"),
        (
            "with white space and a mark",
            signing(HS256, &format!("\u{feff} \n{public}")),
            "a PEM file",
            "set `algorithm`",
        ),
        ("its body", signing(HS256, &body), "a DER key", "set `algorithm`"),
        ("DER as a secret", secret(HS256, &es256.public_info), "a DER key", "set `algorithm`"),
        ("a JWK as a secret", signing(HS256, &point("P-256", X, Y)), "a JWK", "set `algorithm`"),
        (
            "SSH as a secret",
            signing(HS256, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ me@here"),
            "an SSH key",
            "set `algorithm`",
        ),
        ("a secret for RS256", signing(RS256, SECRET), "neither", "-----BEGIN"),
        (
            "bytes for RS256",
            SigningKey::from_secret(RS256, SECRET.as_bytes(), None, KeyStrictness::Hardened).err(),
            "an RSA key",
            "rsa_keygen_bits",
        ),
        // RSA.
        ("512 bits", verifying(RS256, &rsa_jwk(&modulus[192..], f4)), "512 bits", "rsa_keygen_bits:3072"),
        ("1024 bits", verifying(RS256, &rsa_jwk(&modulus[128..], f4)), "1024 bits", "rsa_keygen_bits:3072"),
        ("2040 bits", verifying(RS256, &rsa_jwk(&modulus[1..], f4)), "2040 bits", "rsa_keygen_bits:3072"),
        ("over 8192 bits", verifying(RS256, &rsa_jwk(&modulus.repeat(5), f4)), "10240 bits", "rsa_keygen_bits:3072"),
        ("e = 1", verifying(RS256, &rsa_jwk(&modulus, b"\x01")), "exponent", "openssl genpkey"),
        ("e = 2", verifying(RS256, &rsa_jwk(&modulus, b"\x02")), "exponent", "openssl genpkey"),
        ("e = 3", verifying(RS256, &rsa_jwk(&modulus, b"\x03")), "exponent", "openssl genpkey"),
        ("e = 65536", verifying(RS256, &rsa_jwk(&modulus, b"\x01\x00\x00")), "exponent", "openssl genpkey"),
        ("e of 34 bits", verifying(RS256, &rsa_jwk(&modulus, b"\x02\x00\x00\x00\x01")), "exponent", "openssl genpkey"),
        (
            "n with a zero before it",
            verifying(RS256, &rsa_jwk(&leading_zero, f4)),
            "starts with a zero byte",
            "copy it again",
        ),
        ("an even n", verifying(RS256, &rsa_jwk(&[&modulus[..255], &[0x4e]].concat(), f4)), "even", "copy it again"),
        ("no n", verifying(RS256, r#"{"kty":"RSA","e":"AQAB"}"#), "`n`", "export the key again"),
        (
            "a private key where a public one is expected",
            verifying(RS256, &pem("RSA PRIVATE KEY", &pair(RS256).own_form)),
            "a private key",
            "-pubout",
        ),
        // EC.
        (
            "a coordinate off the curve",
            verifying(ES256, &point("P-256", X, &Y.replace("gmw", "gnw"))),
            "not a valid point",
            "ec_paramgen_curve:P-256",
        ),
        (
            "another curve's name",
            verifying(ES256, &point("P-384", X, Y)),
            "an EC key on P-384",
            "ec_paramgen_curve:P-256",
        ),
        (
            "the right name, another curve's length",
            verifying(ES384, &point("P-384", X, Y)),
            "`x`",
            "export the key again",
        ),
        ("Ed25519 as EC", verifying(ES256, &point("Ed25519", X, Y)), "another curve", "ec_paramgen_curve:P-256"),
        (
            "both coordinates in one",
            verifying(ES256, &point("P-256", &format!("{X}{Y}"), "")),
            "`x`",
            "export the key again",
        ),
        (
            "zero",
            verifying(ES256, &point("P-256", &base64url([0; 32]), &base64url([0; 32]))),
            "not a valid point",
            "openssl genpkey",
        ),
        (
            "a compressed point",
            VerifyingKey::from_der(ES256, &compressed, None).err(),
            "compressed",
            "-conv_form uncompressed",
        ),
        ("a padded coordinate", verifying(ES256, &point("P-256", &format!("{X}="), Y)), "`x`", "export the key again"),
        (
            "a coordinate with a quote in it",
            verifying(ES256, &point("P-256", r#"a\",\"y\":\"b"#, Y)),
            "`x`",
            "export the key again",
        ),
        // Ed25519.
        (
            "small order",
            verifying(EdDSA, &okp("Ed25519", order_one)),
            "small order",
            "openssl genpkey -algorithm ed25519",
        ),
        (
            "small order, as PEM",
            verifying(EdDSA, &pem("PUBLIC KEY", &ed25519_info(&order_one))),
            "small order",
            "ed25519",
        ),
        (
            "small order, as DER",
            VerifyingKey::from_der(EdDSA, &ed25519_info(&order_one), None).err(),
            "small order",
            "ed25519",
        ),
        ("not in its shortest form", verifying(EdDSA, &okp("Ed25519", not_canonical)), "canonical", "ed25519"),
        ("x of no byte", verifying(EdDSA, &okp("Ed25519", "")), "`x`", "export the key again"),
        ("x of one byte", verifying(EdDSA, &okp("Ed25519", "A")), "`x`", "export the key again"),
        ("x of 42 bytes", verifying(EdDSA, &okp("Ed25519", [9; 42])), "`x`", "export the key again"),
        (
            "x that is a SubjectPublicKeyInfo",
            verifying(EdDSA, &okp("Ed25519", &pair(EdDSA).public_info)),
            "`x`",
            "export the key again",
        ),
        (
            "bare bytes as DER",
            VerifyingKey::from_der(EdDSA, &[9; 32], None).err(),
            "not a SubjectPublicKeyInfo",
            "copy it again",
        ),
        (
            "OKP on P-256",
            verifying(EdDSA, &okp("P-256", [9; 32])),
            "another kind",
            "openssl genpkey -algorithm ed25519",
        ),
        // JWKs.
        (
            "for encryption",
            verifying(ES256, &point("P-256", X, Y).replace("{", r#"{"use":"enc","#)),
            "`use`",
            "published for signatures",
        ),
        (
            "to derive keys",
            verifying(ES256, &point("P-256", X, Y).replace("{", r#"{"key_ops":["deriveKey"],"#)),
            "`key_ops`",
            "published for signatures",
        ),
        (
            "of another algorithm",
            verifying(ES256, &point("P-256", X, Y).replace("{", r#"{"alg":"ES384","#)),
            "`alg`",
            "published for signatures",
        ),
        (
            "alg none",
            verifying(ES256, &point("P-256", X, Y).replace("{", r#"{"alg":"none","#)),
            "`alg`",
            "published for signatures",
        ),
        (
            "with its private half",
            verifying(ES256, &point("P-256", X, Y).replace("{", r#"{"d":"AAAA","#)),
            "a private key",
            "-pubout",
        ),
        (
            "a name twice",
            verifying(ES256, &point("P-256", X, Y).replace("{", r#"{"x":"AAAA","#)),
            "distinct",
            "export the key again",
        ),
        ("a set for a key", verifying(ES256, &set), "a JWK set", "one of the keys"),
        (
            "a secret that everybody can fetch",
            VerifyingKey::from_jwk(
                HS256,
                &format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url(SECRET)),
                JwkOrigin::Remote,
                KeyStrictness::Hardened,
            )
            .err(),
            "JWKS address",
            "RS256",
        ),
        (
            "an empty k",
            SigningKey::from_jwk(HS256, r#"{"kty":"oct","k":""}"#, None, KeyStrictness::Hardened).err(),
            "`k`",
            "export the key again",
        ),
        (
            "publishing a secret",
            signing_key(HS256).verifying_key().to_public_jwk().err(),
            "no public half",
            "choose RS256",
        ),
        ("an id with a line break", SigningKey::load(HS256, SECRET, Some("a\nb")).err(), "printable", "thumbprint"),
        // PEM and DER.
        ("a certificate", verifying(ES256, &pem("CERTIFICATE", &es256.public_info)), "a certificate", "openssl x509"),
        ("encrypted", signing(ES256, &pem("ENCRYPTED PRIVATE KEY", &es256.pkcs8)), "encrypted", "openssl pkey"),
        (
            "OpenSSH's own form",
            signing(ES256, &pem("OPENSSH PRIVATE KEY", &es256.pkcs8)),
            "OpenSSH",
            "ssh-keygen -p -m PKCS8",
        ),
        (
            "cut off",
            signing(ES256, &pem("PRIVATE KEY", &es256.pkcs8).replace("-----END PRIVATE KEY-----", "")),
            "cut off",
            "copy it again",
        ),
        ("two keys", signing(ES256, &pem("PRIVATE KEY", &es256.pkcs8).repeat(2)), "more than one", "copy it again"),
        (
            "SEC 1 of two bytes",
            signing(ES256, &pem("EC PRIVATE KEY", &sec_1(&[1, 2]))),
            "private number",
            "openssl pkcs8 -topk8",
        ),
        ("SEC 1 of zero", signing(ES256, &pem("EC PRIVATE KEY", &sec_1(&[0; 32]))), "SEC 1", "openssl pkcs8 -topk8"),
        (
            "SEC 1 beyond the curve",
            signing(ES256, &pem("EC PRIVATE KEY", &sec_1(&[0xff; 32]))),
            "SEC 1",
            "openssl pkcs8 -topk8",
        ),
        ("a public key to sign with", signing(ES256, &public), "a public key", "set the private key"),
        (
            "an RSA key for ES256",
            signing(ES256, &pem("PRIVATE KEY", &pair(RS256).pkcs8)),
            "an RSA key",
            "ec_paramgen_curve:P-256",
        ),
    ] {
        let refused = refused.unwrap_or_else(|| panic!("{row} was taken")).to_string();
        // As the start splits it: the fault, and its remedy.
        let (is_wrong, to_do) = refused.split_once(": ").unwrap_or_else(|| panic!("{row} has no remedy: {refused}"));
        assert!(is_wrong.contains(wrong) && to_do.contains(remedy), "{row}: {refused}");
    }
}

/// A set is refused as a whole only where no member could be trusted; each member left out says why.
#[test]
fn sets_and_their_members() {
    let oct = format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url(SECRET));
    let ec = point("P-256", X, Y);
    let set = |members: &[&str]| format!(r#"{{"keys":[{}]}}"#, members.join(","));
    let all = Algorithm::ALL;
    for (row, text, wrong) in [
        ("mixed", set(&[&oct, &ec]), "mixes"),
        ("too many", set(&vec!["{}"; 101]), "100 keys"),
        ("no set", "[]".to_owned(), "JSON object"),
    ] {
        let refused = JwkSet::read(&text, &all, JwkOrigin::Local).expect_err(row).to_string();
        assert!(
            refused.split_once(": ").is_some_and(|(is, to_do)| is.contains(wrong) && !to_do.is_empty()),
            "{refused}"
        );
    }
    let members = [
        &oct,
        r#"{"kty":"oct","k":""}"#,
        r#"{"kty":"EC","kid":5}"#,
        "null",
        r#"{"kty":"unheard-of"}"#,
        &okp("Ed25519", [0; 32]),
        &okp("Ed25519", "A"),
        &rsa_jwk(&[0x9d; 64], b"\x01\x00\x01"),
        &rsa_jwk(&[0x9d; 255], b"\x01"),
        &ec.replace("{", r#"{"d":"AAAA","#),
        &ec.replace("P-256", "secp256k1"),
        &ec,
    ];
    let read = JwkSet::read(&set(&members), &all, JwkOrigin::Remote).expect("one member is fine");
    assert_eq!((read.keys().len(), read.skipped().len()), (1, members.len() - 1));
    for (at, error) in read.skipped() {
        assert!(error.to_string().contains(": "), "{at}: {error}");
    }
}
