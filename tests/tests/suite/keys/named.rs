//! Keys of another curve, or too short, are called what they are, in whatever encoding they come.

use jwt_auth::Settings;
use jwt_auth::keys::{Algorithm, KeyError, KeyRing, SigningKey, VerifyingKey};
use jwt_auth_tests::tokens::{pair, pem, signing_key};

const NEEDING_A_CURVE: [Algorithm; 3] = [Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];

#[test]
fn other_curves_in_every_encoding() {
    for (found, private, public) in [
        ("an EC key on secp256k1", &[SECP256K1_SEC1, SECP256K1_PKCS8][..], SECP256K1_SPKI),
        ("an EC key on P-521", &[P521_SEC1, P521_PKCS8], P521_SPKI),
        ("an EC key on another curve", &[BRAINPOOL_SEC1, BRAINPOOL_PKCS8], BRAINPOOL_SPKI),
        ("an Ed448 key", &[ED448_PKCS8], ED448_SPKI),
        ("an X25519 key, which signs nothing", &[X25519_PKCS8], X25519_SPKI),
    ] {
        for algorithm in NEEDING_A_CURVE.into_iter().chain([Algorithm::RS256]) {
            let expected = Some(KeyError::WrongKind { algorithm, found });
            for text in private {
                assert_eq!(SigningKey::load(algorithm, text, None).err(), expected, "{text}");
                let der = der(text);
                assert_eq!(SigningKey::from_der(algorithm, &der, None).err(), expected, "{text}");
            }
            assert_eq!(VerifyingKey::load(algorithm, public, None).err(), expected, "{public}");
            assert_eq!(VerifyingKey::from_der(algorithm, &der(public), None).err(), expected, "{public}");
        }
    }
}

/// The curves that are there, for an algorithm that wants the other.
#[test]
fn keys_of_our_own_curves_without_a_frame() {
    for algorithm in NEEDING_A_CURVE.into_iter().chain([Algorithm::RS256]) {
        for (other, found) in [(Algorithm::ES256, "an EC key on P-256"), (Algorithm::ES384, "an EC key on P-384")] {
            let text = pem("EC PRIVATE KEY", &pair(other).own_form);
            let refused = SigningKey::load(algorithm, &text, None).err();
            let expected = (other != algorithm).then_some(KeyError::WrongKind { algorithm, found });
            assert_eq!(refused, expected, "{algorithm} {other}");
        }
        let rsa = pem("RSA PRIVATE KEY", &pair(Algorithm::RS256).own_form);
        let expected =
            (algorithm != Algorithm::RS256).then_some(KeyError::WrongKind { algorithm, found: "an RSA key" });
        assert_eq!(SigningKey::load(algorithm, &rsa, None).err(), expected, "{algorithm}");
        // The bytes count, and not what the frame says.
        let misnamed = pem("EC PRIVATE KEY", &pair(Algorithm::RS256).own_form);
        assert_eq!(SigningKey::load(algorithm, &misnamed, None).err(), expected, "{algorithm}");
    }
}

#[test]
fn json_web_keys() {
    let (x, y) = ("04N0xi21hshyvBp7I167sbE_bXqyqkAPfefdklMO7wY", "UI8exy-C06a7DUnjIdENkxeFtHM4-l_41LqEw9nVgmw");
    for (members, found) in [
        (format!(r#""kty":"EC","crv":"secp256k1","x":"{x}","y":"{y}""#), "an EC key on secp256k1"),
        (format!(r#""kty":"EC","crv":"P-521","x":"{x}","y":"{y}""#), "an EC key on P-521"),
        (format!(r#""kty":"EC","crv":"P-384","x":"{x}","y":"{y}""#), "an EC key on P-384"),
        (format!(r#""kty":"EC","crv":"BP-256","x":"{x}","y":"{y}""#), "an EC key on another curve"),
        (format!(r#""kty":"OKP","crv":"Ed448","x":"{x}""#), "an Ed448 key"),
        (format!(r#""kty":"OKP","crv":"X25519","x":"{x}""#), "an X25519 key, which signs nothing"),
        (format!(r#""kty":"OKP","crv":"Ed25519","x":"{x}""#), "an Ed25519 key"),
        (r#""kty":"AKP","alg":"ES256""#.to_owned(), "a key of another kind"),
        (format!(r#""kty":"oct","k":"{x}""#), "a secret"),
    ] {
        let algorithm = Algorithm::ES256;
        let expected = Some(KeyError::WrongKind { algorithm, found });
        assert_eq!(VerifyingKey::load(algorithm, &format!("{{{members}}}"), None).err(), expected, "{members}");
        let private = format!(r#"{{{members},"d":"{x}"}}"#);
        assert_eq!(SigningKey::load(algorithm, &private, None).err(), expected, "{private}");
    }
}

#[test]
fn rsa_keys_that_are_too_short() {
    for algorithm in [Algorithm::RS256, Algorithm::PS512] {
        let expected = Some(KeyError::RsaSize { bits: 1024 });
        for text in [RSA_1024_PKCS1, RSA_1024_PKCS8] {
            assert_eq!(SigningKey::load(algorithm, text, None).err(), expected);
            assert_eq!(SigningKey::from_der(algorithm, &der(text), None).err(), expected);
        }
        for text in [RSA_1024_SPKI, RSA_1024_PUBLIC] {
            assert_eq!(VerifyingKey::load(algorithm, text, None).err(), expected);
            assert_eq!(VerifyingKey::from_der(algorithm, &der(text), None).err(), expected);
        }
    }
    assert_eq!(SigningKey::load(Algorithm::RS256, RSA_E3_PKCS1, None).err(), Some(KeyError::RsaExponent));
}

/// Each fallback key knows its own algorithm, so that a service can move from one to another and back.
#[test]
fn fallback_keys_of_another_algorithm() {
    let secret = "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g";
    let text = |algorithm| match algorithm {
        Algorithm::HS256 => secret.to_owned(),
        other => pem("PRIVATE KEY", &pair(other).pkcs8),
    };
    let kinds = [Algorithm::HS256, Algorithm::RS256, Algorithm::ES256, Algorithm::ES384, Algorithm::EdDSA];
    for algorithm in kinds {
        for older in kinds {
            let mut forms = vec![text(older)];
            if older != Algorithm::HS256 {
                forms.push(pem("PUBLIC KEY", &pair(older).public_info));
                forms.push(signing_key(older).verifying_key().to_public_jwk().expect("public"));
            }
            for form in forms {
                let settings =
                    Settings { algorithm, fallback_keys: vec![form.into()], ..Settings::new(text(algorithm)) };
                let ring =
                    KeyRing::from_settings(&settings).unwrap_or_else(|faults| panic!("{algorithm} {older} {faults:?}"));
                let of: Vec<_> = ring.verifying().iter().map(VerifyingKey::algorithm).collect();
                assert_eq!(of, [algorithm, older]);
            }
        }
    }
    // Of two algorithms with one kind of key a JWK says which.
    let jwk = signing_key(Algorithm::PS384).verifying_key().to_public_jwk().expect("public");
    let settings = Settings { fallback_keys: vec![jwk.into()], ..Settings::new(secret) };
    let ring = KeyRing::from_settings(&settings).expect("keys");
    assert_eq!(ring.verifying()[1].algorithm(), Algorithm::PS384);
    let oct = r#"{"kty":"oct","alg":"HS512","k":"a1VPYU5xQkdIazB4TlVxa2hqYVZjcS1ERGRIQm83VnZfcEdUcUNuRGt2QjJJcnpyTVU4bkM5R0lHQnA0eVE4eQ"}"#;
    let settings = Settings { fallback_keys: vec![oct.into()], ..Settings::new(secret) };
    let ring = KeyRing::from_settings(&settings).expect("keys");
    assert_eq!(ring.verifying()[1].algorithm(), Algorithm::HS512);
}

/// What everybody has of a public key must not become a secret because its frame got lost on the way.
#[test]
fn a_piece_of_a_public_key_is_no_fallback_secret() {
    let algorithm = Algorithm::RS256;
    let private = pem("PRIVATE KEY", &pair(algorithm).pkcs8);
    for kind in [algorithm, Algorithm::ES384, Algorithm::EdDSA] {
        let public = pem("PUBLIC KEY", &pair(kind).public_info);
        let body: String = public.lines().filter(|line| !line.starts_with('-')).collect();
        for piece in [&body[..], &body[..body.len().min(64)], &body[..43]] {
            let settings = Settings { algorithm, fallback_keys: vec![piece.into()], ..Settings::new(private.clone()) };
            let faults = KeyRing::from_settings(&settings).expect_err("no secret");
            assert_eq!(faults[0].error, KeyError::NotAKey { algorithm }, "{piece}");
        }
    }
}

fn der(text: &str) -> Vec<u8> {
    use base64::Engine;
    let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    base64::engine::general_purpose::STANDARD.decode(body).expect("base64")
}

// Made with OpenSSL 3 (`openssl ecparam -name .. -genkey -noout`, `openssl pkcs8 -topk8 -nocrypt`, `openssl ec -pubout`; `openssl genrsa 1024`).

const SECP256K1_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHQCAQEEIIKXGTAqzMYeIlRwA2pHM2PgU+8JWo2YohR3MkxINj8FoAcGBSuBBAAK
oUQDQgAERgFCDRrk9wHdi8s79f581/AMdxKS2XAK4RL8EiIMVrhldPEmxSwdVBGE
vijvi4KIbEIdX7ba1GJnLNILpqQRmQ==
-----END EC PRIVATE KEY-----
";
const SECP256K1_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIGEAgEAMBAGByqGSM49AgEGBSuBBAAKBG0wawIBAQQggpcZMCrMxh4iVHADakcz
Y+BT7wlajZiiFHcyTEg2PwWhRANCAARGAUINGuT3Ad2Lyzv1/nzX8Ax3EpLZcArh
EvwSIgxWuGV08SbFLB1UEYS+KO+LgohsQh1fttrUYmcs0gumpBGZ
-----END PRIVATE KEY-----
";
const SECP256K1_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAERgFCDRrk9wHdi8s79f581/AMdxKS2XAK
4RL8EiIMVrhldPEmxSwdVBGEvijvi4KIbEIdX7ba1GJnLNILpqQRmQ==
-----END PUBLIC KEY-----
";
const P521_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MIHcAgEBBEIAqdSRuwbI6vib87lHickiA0E7CSw7y7UnaJ55SCwHT5+C0uYcxvln
FldJS6adD85Z9zVR7vQVb8SLSnNCuG33TBigBwYFK4EEACOhgYkDgYYABABqcDQP
PrUE9y0wMMKmbl8/+AuU3lMt2/sPe1qLZWWBZjCcZokGNzHUXVBt6L74Ua/PqsUh
jIqptQ4GJJ1tgM6aiAEPc5t8g69d40dRSDYb84DKe16uSz7H3waKbMHgaGxpfKK0
hRo1ifrYi3PtyacWzUEpxAJPimiYcoJjaYZodtha2g==
-----END EC PRIVATE KEY-----
";
const P521_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIHuAgEAMBAGByqGSM49AgEGBSuBBAAjBIHWMIHTAgEBBEIAqdSRuwbI6vib87lH
ickiA0E7CSw7y7UnaJ55SCwHT5+C0uYcxvlnFldJS6adD85Z9zVR7vQVb8SLSnNC
uG33TBihgYkDgYYABABqcDQPPrUE9y0wMMKmbl8/+AuU3lMt2/sPe1qLZWWBZjCc
ZokGNzHUXVBt6L74Ua/PqsUhjIqptQ4GJJ1tgM6aiAEPc5t8g69d40dRSDYb84DK
e16uSz7H3waKbMHgaGxpfKK0hRo1ifrYi3PtyacWzUEpxAJPimiYcoJjaYZodtha
2g==
-----END PRIVATE KEY-----
";
const P521_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MIGbMBAGByqGSM49AgEGBSuBBAAjA4GGAAQAanA0Dz61BPctMDDCpm5fP/gLlN5T
Ldv7D3tai2VlgWYwnGaJBjcx1F1Qbei++FGvz6rFIYyKqbUOBiSdbYDOmogBD3Ob
fIOvXeNHUUg2G/OAynterks+x98GimzB4GhsaXyitIUaNYn62Itz7cmnFs1BKcQC
T4pomHKCY2mGaHbYWto=
-----END PUBLIC KEY-----
";
const BRAINPOOL_SEC1: &str = "\
-----BEGIN EC PRIVATE KEY-----
MHgCAQEEICGBq0GCXlPS0kMaSooN866PmVuY4iYgNrToTTIskB14oAsGCSskAwMC
CAEBB6FEA0IABH/2ThP2ebxbSLFUTg38dQItaak5+UVOG5spqZgY3+F6FV8LcUqT
cFKJ+9bbitdbVyfRlNbif367rvwYs48QgEE=
-----END EC PRIVATE KEY-----
";
const BRAINPOOL_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIGIAgEAMBQGByqGSM49AgEGCSskAwMCCAEBBwRtMGsCAQEEICGBq0GCXlPS0kMa
SooN866PmVuY4iYgNrToTTIskB14oUQDQgAEf/ZOE/Z5vFtIsVRODfx1Ai1pqTn5
RU4bmympmBjf4XoVXwtxSpNwUon71tuK11tXJ9GU1uJ/fruu/BizjxCAQQ==
-----END PRIVATE KEY-----
";
const BRAINPOOL_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IABH/2ThP2ebxbSLFUTg38dQItaak5
+UVOG5spqZgY3+F6FV8LcUqTcFKJ+9bbitdbVyfRlNbif367rvwYs48QgEE=
-----END PUBLIC KEY-----
";
const RSA_1024_PKCS1: &str = "\
-----BEGIN RSA PRIVATE KEY-----
MIICXAIBAAKBgQDMOzT/HKz+SqVKzn78c3WL2z0vUnWemVU39KSzi/D7qPSSEUDe
k63/g9VyMZLmvSO2fE57vCcbQeQ2YMPTLyLoS8DOZQ0zXnhEzAz+16YoLVivqzWk
R3Aqt1yDnxQT7jDhkcHkoy5XhSOBRJ9xStwXv0GquZVA379kabY+rhOLhwIDAQAB
AoGAXmK+i2hlSuCUo43rgiCaIpigHk6trS6QA9w8gf4a0TO0VA1FPZhiwcPb0Xq3
uYuQBbZNT0IVkLNTFQ6DcgZGyuDRvuebXT0+1kVUnkfxakGJgEorUICbkSHd/E59
Aw3nPIfVwqMMc3XL7UbFdBT1c9Wpzgu8HRacyQ8wbMifwYECQQD1uwD5WBe4QWo3
yeCECsShxmy8zX+ykhwG1Is71naIDAtgAm9f9vSFofRbxzku48CRS4kM8HptHNxE
4FQCvNk9AkEA1MQ3OxI+d5dhx2ya6DufsynYMyS0pC6kjT4DGd1QfkOVBNSZ+NhC
7akDWkiknXHXsbNLR6wjd2t+cOSOXMvcEwJBAIJZ4eljNqnyYXMYrvW8dJRQmuwI
ot3KLf3dj8J9QMFoijwy7nvcl9evkt2AsC/UdxlcFWZ8xqTM83fB/C67mQ0CQDOV
ctKGhNCXyiQAZ7ogIoLchUc5AfbAPDLmMvhFWOuT1QA7zyyuueNG08JC1G47mJDD
qF+zE1IzpI8YSo+i+TMCQEvBAUVhHzHbdSFDiLfSL75C4KzJC4LLrOG61d9UjTda
B5EEclfYC3zaRorpDSP6TdaqE126+w2PEOjvstu7ay0=
-----END RSA PRIVATE KEY-----
";
const RSA_1024_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAMw7NP8crP5KpUrO
fvxzdYvbPS9SdZ6ZVTf0pLOL8Puo9JIRQN6Trf+D1XIxkua9I7Z8Tnu8JxtB5DZg
w9MvIuhLwM5lDTNeeETMDP7XpigtWK+rNaRHcCq3XIOfFBPuMOGRweSjLleFI4FE
n3FK3Be/Qaq5lUDfv2Rptj6uE4uHAgMBAAECgYBeYr6LaGVK4JSjjeuCIJoimKAe
Tq2tLpAD3DyB/hrRM7RUDUU9mGLBw9vRere5i5AFtk1PQhWQs1MVDoNyBkbK4NG+
55tdPT7WRVSeR/FqQYmASitQgJuRId38Tn0DDec8h9XCowxzdcvtRsV0FPVz1anO
C7wdFpzJDzBsyJ/BgQJBAPW7APlYF7hBajfJ4IQKxKHGbLzNf7KSHAbUizvWdogM
C2ACb1/29IWh9FvHOS7jwJFLiQzwem0c3ETgVAK82T0CQQDUxDc7Ej53l2HHbJro
O5+zKdgzJLSkLqSNPgMZ3VB+Q5UE1Jn42ELtqQNaSKSdcdexs0tHrCN3a35w5I5c
y9wTAkEAglnh6WM2qfJhcxiu9bx0lFCa7Aii3cot/d2Pwn1AwWiKPDLue9yX16+S
3YCwL9R3GVwVZnzGpMzzd8H8LruZDQJAM5Vy0oaE0JfKJABnuiAigtyFRzkB9sA8
MuYy+EVY65PVADvPLK6540bTwkLUbjuYkMOoX7MTUjOkjxhKj6L5MwJAS8EBRWEf
Mdt1IUOIt9IvvkLgrMkLgsus4brV31SNN1oHkQRyV9gLfNpGiukNI/pN1qoTXbr7
DY8Q6O+y27trLQ==
-----END PRIVATE KEY-----
";
const RSA_1024_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDMOzT/HKz+SqVKzn78c3WL2z0v
UnWemVU39KSzi/D7qPSSEUDek63/g9VyMZLmvSO2fE57vCcbQeQ2YMPTLyLoS8DO
ZQ0zXnhEzAz+16YoLVivqzWkR3Aqt1yDnxQT7jDhkcHkoy5XhSOBRJ9xStwXv0Gq
uZVA379kabY+rhOLhwIDAQAB
-----END PUBLIC KEY-----
";
const RSA_1024_PUBLIC: &str = "\
-----BEGIN RSA PUBLIC KEY-----
MIGJAoGBAMw7NP8crP5KpUrOfvxzdYvbPS9SdZ6ZVTf0pLOL8Puo9JIRQN6Trf+D
1XIxkua9I7Z8Tnu8JxtB5DZgw9MvIuhLwM5lDTNeeETMDP7XpigtWK+rNaRHcCq3
XIOfFBPuMOGRweSjLleFI4FEn3FK3Be/Qaq5lUDfv2Rptj6uE4uHAgMBAAE=
-----END RSA PUBLIC KEY-----
";
const ED448_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MEcCAQAwBQYDK2VxBDsEOcSRJJcwqzQ2IoqrqNrj9EIkfviakcnhj9Vj3aQoFVfT
Kakx0HCLHQfKJf0AwyF1E50vNXrQfMEixg==
-----END PRIVATE KEY-----
";
const ED448_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MEMwBQYDK2VxAzoAOfiorpnDBSy7RHSg9m0w5nfFTsCIDnPAS2AWf3ET7i2M6sFe
0IWfQXuOaZsQxlAlCKGc/IQ9uewA
-----END PUBLIC KEY-----
";
const X25519_PKCS8: &str = "\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VuBCIEIAhL6J1/A+/p73sFFlpbGWmlUBGZjDhq7kUoph4QUBFV
-----END PRIVATE KEY-----
";
const X25519_SPKI: &str = "\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VuAyEA11DGbaexNcP6w1sg5k0wK4JZVwqS15V4vGvk5G01+EQ=
-----END PUBLIC KEY-----
";
const RSA_E3_PKCS1: &str = "\
-----BEGIN RSA PRIVATE KEY-----
MIIEowIBAAKCAQEAxzTIJHneZNHS6ZnRtz0LtAYfyTmUb6JQWypnFntsUunssGnA
sQnM5i1vEZThG2JZ4lxYNu4XS/fgVh7BrLFQFjtN8PaxOv/PtlruMhNvFJdEVt55
zu2DMhsQyoXms4yLhYbNqgrDZ4pBnj3JixSjP/ZoLDHP18xDmzX0Gf+/9BY6Jbf7
zuhGDoAMqEHmkwp7uONc3udsMWsoJBYHR8G0dEi8ffDnAbbPrR6VExY9mlLmRzUC
Ic+THfQ/AG9Ac1ieVTfIIl8WtuUQXP/i8QjbsMRsJ9frFIlRfRGq9oOMYEKzvelf
rTjv+rv/yzf6KXOiJCDndcTA/kseIEvguvyofwIBAwKCAQEAhM3awvvpmIvh8RE2
eiiyeAQVMNENn8GK53GaDvzy4fFIdZvVy1vd7sj0tmNAvOw77D2QJJ66MqVAOWnW
cyDgDtIz9fnLfKqKeZH0IWJKDbotjz7730kCIWdghwPvIl2yWQSJHAcs77GBFCkx
B2MXf/mayCE1OogtEiP4EVUqorhN4XCSDtGvExe0DhXels6LOKLU6JfV1XGTzmS0
CX/Rlmppxb5b5isb6383Hq59FbYhqvbPYpZ9iX3zpcF6Oipotnv7Uwf1jmZNLSmH
tvCR33lzN7s7dImkxjgllxzJXFiFnwUHf0h39JUoAqpkDrzwbfyMuhy+rnTvjkbv
Fo4iSwKBgQD2JFyKx9t1VHFJBtlspzGsgc/qo8Ssbeu/Q9DrvAboEa4HWWsa2bPJ
oFtHih/UrOYzgzNic73hhveOL7a2XJaQiOXZxU7X4cm2CjLgwKEZowT9G7Kwd+6b
9rpLS5XmajfgXbGOFynpcnMADAU+jbQ1lzNkBLH06BFU5XyuADtcpwKBgQDPLzKV
8NJKHWs1jEesCaL+Yh8y3j7/A1ULKq4NfXsSAPsWe+hCTsJcK4R62vCtTNuAQ49o
mi/1SL/DWBZSv4Jwupf1YIROf4Hmjw62nf7nPolCOIxhbcw+XQMnSEJ364YK8bBG
VyJSmWlDuzMlhaQD5/KwWeeuEIph5WTMGOwYaQKBgQCkGD2x2pJOOEuGBJDzGiEd
q9/xwoMdnp0qLTXyfVnwC8laO5y8kSKGaueFBr/jHe7NAiJBon6WWfpeynnO6GRg
W0Pmg4nlQTEkBsyV1cC7wgNTZ8x1pUm9Tybc3Q6ZnCVAPnZeuhvw9vdVXVjUXngj
uiJCrcv4mrY4mP3JVXzobwKBgQCKH3cOoIwxaPIjstpysRdUQWoh6X9UrONcxx6z
qPy2q1IO/UWBidboHQL8kfXI3eeq17TwZsqjhdUs5WQ3Klb10bqjla2JqlaZtLR5
vqnvfwYsJbLrnogpk1dvhYGlR66x9nWEOhbhu5uCfMzDrm1X7/cgO+/JYFxBQ5iI
EJ1lmwKBgD/h0N3D90YAejB7C+dvFNYhuPXMGjZU/He8hDPqEqZMZ3pDqNGQqvXY
9H/OTAHFZKBTb1xcfKS/ejxRjF1lWUhcu2kCjp9+lztRxLFajF3fBPwEM2KH7JpV
RZBaZslZ83HmL0sRb67csRL9+5RLwXdiWQmYHYR90fwBGVQ4ouM9
-----END RSA PRIVATE KEY-----
";
