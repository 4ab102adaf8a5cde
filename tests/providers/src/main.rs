//! Encodes and decodes with jsonwebtoken, then with jwt-auth, then each what the other made.
//!
//! jsonwebtoken panics at the first token when both of its providers are on. That this program ends well shows that
//! jwt-auth turned on neither.

use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use jwt_auth::{Claims, JwtAuth, Settings};

const KEY: &str = "a key for this check only, long enough for HS256";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings { rotate_refresh_tokens: false, ..Settings::new(KEY) };
    let auth = JwtAuth::builder(settings).start().await?;

    let now = auth.now().seconds();
    let claims = serde_json::json!({
        "token_type": "access", "exp": now + 60, "iat": now, "jti": "0123456789abcdef", "user_id": "1"
    });
    let theirs = jsonwebtoken::encode(&Header::default(), &claims, &EncodingKey::from_secret(KEY.as_bytes()))?;
    assert_eq!(auth.authenticate(&theirs).await?.user_id(), Some("1"));

    let ours = auth.access_token_for("1", &Claims::new())?;
    let read = jsonwebtoken::decode::<serde_json::Value>(
        ours.expose(),
        &DecodingKey::from_secret(KEY.as_bytes()),
        &Validation::default(),
    )?;
    assert_eq!(read.claims["user_id"], "1");

    println!("both ways");
    Ok(())
}
