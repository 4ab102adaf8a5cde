//! `token` and `inspect`.

use crate::Outcome;
use crate::config::Config;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, ValueEnum};
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::tokens::TokenClass;
use jwt_auth::verify::Verifier;
use jwt_auth::{Claims, JwtAuth, Settings};
use std::error::Error;
use std::io::Read;

#[derive(Args)]
pub(crate) struct MakeToken {
    /// Whose token: the value of the user id claim.
    user_id: String,
    /// What kind of token.
    #[arg(long = "type", value_enum, default_value_t = Kind::Access)]
    kind: Kind,
    /// How long it lives, as in settings: 15m, 8h, 90. Defaults to the lifetime of its kind.
    #[arg(long, value_name = "DURATION")]
    lifetime: Option<String>,
    /// A claim: NAME=JSON, or NAME=text. May be given several times.
    #[arg(long = "claim", value_name = "NAME=VALUE")]
    claims: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    Access,
    Refresh,
}

impl MakeToken {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let mut settings = Settings { rotate_refresh_tokens: false, audit_table: None, ..config.settings()? };
        let class = match self.kind {
            Kind::Access => TokenClass::Access,
            Kind::Refresh => TokenClass::Refresh,
        };
        if let Some(text) = &self.lifetime {
            let lifetime = jwt_auth::settings::parse_duration(text)?;
            // Services accept what their key has signed to its end, and look a token up that lives longer than theirs.
            match class {
                TokenClass::Refresh => settings.refresh_token_lifetime = lifetime,
                _ => {
                    settings.refresh_token_lifetime = settings.refresh_token_lifetime.max(lifetime);
                    settings.access_token_lifetime = lifetime;
                }
            }
        }
        let mut claims = Claims::new();
        for pair in &self.claims {
            let (name, value) = pair.split_once('=').ok_or("--claim takes NAME=VALUE")?;
            match serde_json::from_str::<serde_json::Value>(value) {
                Ok(value) => claims.insert(name, value)?,
                Err(_) => claims.insert(name, value)?,
            }
        }
        let auth = JwtAuth::builder(settings).start().await?;
        let token = match class {
            TokenClass::Refresh => auth.refresh_token_for(&self.user_id, &claims)?,
            _ => auth.access_token_for(&self.user_id, &claims)?,
        };
        println!("{}", token.expose());
        Ok(())
    }
}

#[derive(Args)]
pub(crate) struct Inspect {
    /// The token; without it, standard input is read.
    token: Option<String>,
}

impl Inspect {
    pub(crate) fn run(self, config: &Config) -> Outcome {
        let token = match self.token {
            Some(token) => token,
            None => {
                let mut text = String::new();
                std::io::stdin().take(64 * 1024).read_to_string(&mut text)?;
                text
            }
        };
        let token = token.trim();
        let mut parts = token.split('.');
        for name in ["header", "payload"] {
            println!("{name}: {}", pretty(parts.next().unwrap_or_default())?);
        }
        let verdict = match config.settings() {
            Ok(settings) => verdict(token, &settings)?,
            Err(error) => format!("not checked, because there are no settings to check it by: {error}"),
        };
        println!("verdict: {verdict}");
        Ok(())
    }
}

fn verdict(token: &str, settings: &Settings) -> Result<String, Box<dyn Error>> {
    let verifier = Verifier::from_settings(settings)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    if verifier.keys().is_empty() {
        let where_from = "the keys of these settings are the issuer's, and this command fetches nothing";
        return Ok(format!("not checked: {where_from}; name one of them with `JWT_AUTH_VERIFYING_KEY_FILE`"));
    }
    Ok(match verifier.verify(token, SystemClock.now()) {
        Ok(_) => "good; whether its session is alive only the store knows".to_owned(),
        Err(error) => format!("refused: {error} ({error:?})"),
    })
}

/// The text is of whoever made the token: control characters are escaped before a terminal sees them.
fn pretty(part: &str) -> Result<String, Box<dyn Error>> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| "this is no token: a part is not base64url")?;
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|_| "this is no token: a part is not JSON")?;
    let text = serde_json::to_string_pretty(&value)?;
    Ok(text
        .chars()
        .flat_map(|c| if c.is_control() && c != '\n' { c.escape_default().collect() } else { vec![c] })
        .collect())
}
