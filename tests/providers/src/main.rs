//! Encodes and decodes with jsonwebtoken, then with jwt-auth, then each what the other made.
//!
//! With the word `install` as argument our provider is installed first. Without it jsonwebtoken takes the one of its features,
//! and panics at the first token when they name none or two.

mod keys;

use jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use jsonwebtoken::{Algorithm, AlgorithmFamily, Header, Validation};
use jwt_auth::keys::{SigningKey, VerifyingKey};
use jwt_auth::{Claims, JwtAuth, Settings};
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Outcome {
    let install = std::env::args().nth(1).is_some_and(|word| word == "install");
    if install {
        let provider = &jwt_auth::jsonwebtoken::PROVIDER;
        provider.install_default().expect("nothing was installed before");
        assert!(provider.install_default().is_err(), "once is enough");
    }
    for algorithm in jwt_auth::keys::Algorithm::ALL {
        both_ways(algorithm).await?;
    }
    if install {
        refuses_weak_keys()?;
    }
    println!("both ways");
    Ok(())
}

async fn both_ways(algorithm: jwt_auth::keys::Algorithm) -> Outcome {
    let named: Algorithm = algorithm.name().parse()?;
    let (encoding, decoding, text) = keys::of(named)?;
    let settings = Settings { algorithm, rotate_refresh_tokens: false, ..Settings::new(text) };
    let auth = JwtAuth::builder(settings).start().await?;

    let now = auth.now().seconds();
    let claims = json!({
        "token_type": "access", "exp": now + 60, "iat": now, "jti": "0123456789abcdef", "user_id": "1"
    });
    let theirs = jsonwebtoken::encode(&Header::new(named), &claims, &encoding)?;
    assert_eq!(auth.authenticate(&theirs).await?.user_id(), Some("1"), "{algorithm}");

    let ours = auth.access_token_for("1", &Claims::new())?;
    let read = jsonwebtoken::decode::<Value>(ours.expose(), &decoding, &Validation::new(named))?;
    assert_eq!(read.claims["user_id"], "1", "{algorithm}");

    jwks(algorithm, &encoding, &decoding)
}

/// JWKs and thumbprints need the provider, too.
fn jwks(
    algorithm: jwt_auth::keys::Algorithm,
    encoding: &jsonwebtoken::EncodingKey,
    decoding: &jsonwebtoken::DecodingKey,
) -> Outcome {
    let named: Algorithm = algorithm.name().parse()?;
    let jwk = Jwk::from_encoding_key(encoding, named)?;
    let thumbprint = jwk.thumbprint(ThumbprintHash::SHA256)?;
    assert_eq!(Jwk::from_decoding_key(decoding, Some(named))?, jwk, "{algorithm}");
    if encoding.family() != AlgorithmFamily::Hmac {
        let key: SigningKey = jwt_auth::jsonwebtoken::signing_key(algorithm, encoding)?;
        assert_eq!(key.verifying_key().thumbprint()?, thumbprint, "{algorithm}");
        assert_eq!(VerifyingKey::try_from(&jwk)?.thumbprint()?, thumbprint, "{algorithm}");
    }
    Ok(())
}

fn refuses_weak_keys() -> Outcome {
    let weak = jsonwebtoken::EncodingKey::from_secret(b"short");
    let error = jsonwebtoken::encode(&Header::default(), &json!({}), &weak).expect_err("a weak key");
    assert!(error.to_string().contains("5 bytes"), "{error}");
    Ok(())
}
