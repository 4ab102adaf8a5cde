//! A resource server: tokens come from Auth0, Keycloak, Entra, Cognito or whoever `ISSUER` is, which publishes its keys.

use axum::Json;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{JwtAuth, Settings, TokenUser, protected};
use std::{env, net::SocketAddr};

#[protected]
async fn me(user: TokenUser) -> Json<String> {
    Json(user.id().to_owned())
}

#[protected(scope("orders:read"))]
async fn orders() -> Json<[&'static str; 2]> {
    Json(["a table", "four chairs"])
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (issuer, audience) = (env::var("ISSUER")?, env::var("AUDIENCE")?);
    let settings = Settings { audience: audience.as_str().into(), ..Settings::of_issuer(issuer) };
    let auth = JwtAuth::builder(settings).start().await?;
    let app = GuardedRouter::new().route("/me", get(me)).route("/orders", get(orders)).with_state(auth);
    let bind = env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let listener = tokio::net::TcpListener::bind(bind).await?;
    println!("listening on {}", listener.local_addr()?);
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?;
    Ok(())
}
