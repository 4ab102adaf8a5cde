//! The whole product behind environment variables: `BIND`, `DATABASE_URL` and `JWT_AUTH_<NAME>` for every setting.
//!
//! Users are in the table `auth_user` of the database, made by `jwt-auth migrate` or by Django; sessions are in tables of
//! our own beside it, made at the start, or with `JWT_AUTH_STORE=django` in SimpleJWT's tables.

mod resources;

use axum::extract::State;
use axum::http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::settings::StoreKind;
use jwt_auth::store::{AnyTokenStore, DjangoStore, PostgresStore, SqliteStore};
use jwt_auth::user::UserTable;
use jwt_auth::{AuthUser, Health, JwtAuth, Settings, SqlUserStore, StoreError, public, token_routes};
use std::error::Error;

type Auth = JwtAuth<AuthUser>;

#[public]
async fn healthz(State(auth): State<Auth>) -> (StatusCode, String) {
    match auth.health().await {
        Ok(Health { revocation_lag: Some(lag), .. }) => {
            (StatusCode::OK, format!("ok, revocations read {} ms ago\n", lag.as_millis()))
        }
        Ok(_) => (StatusCode::OK, "ok\n".to_owned()),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n".to_owned()),
    }
}

#[token_routes("/api/token", only(obtain, refresh, verify, blacklist, obtain_sliding, refresh_sliding), sessions, jwks)]
fn urls() -> GuardedRouter<Auth> {
    resources::routes().route("/healthz", get(healthz))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let database = std::env::var("DATABASE_URL").unwrap_or_else(|_| "sqlite:token_service.db".to_owned());
    let settings = Settings::from_env()?;
    if settings.cookies && !settings.cookie_secure && !is_loopback(&bind) {
        return Err(
            "`cookie_secure` is off, which is for this machine alone: set BIND to 127.0.0.1, or leave it on".into()
        );
    }
    let auth = if settings.store == StoreKind::Django {
        // Before the users, whose store would make a file where the address is mistyped.
        let tables = django_tables(&database, &settings).await?;
        let users = users(&database, &settings).await?;
        JwtAuth::builder(settings).users(users).token_blacklist(tables).start().await?
    } else {
        let users = users(&database, &settings).await?;
        let tables = django_tables(&database, &settings).await;
        let builder = JwtAuth::builder(settings).users(users).store(sessions(&database).await?);
        match tables {
            // What SimpleJWT has blacklisted does not become a session.
            Ok(tables) => builder.token_blacklist(tables).start().await?,
            Err(StoreError::Corrupt(_)) => builder.start().await?,
            Err(error) => return Err(error.into()),
        }
    };

    let stopped = stopped()?;
    let listener = tokio::net::TcpListener::bind(&bind).await?;
    println!("listening on http://{}", listener.local_addr()?);
    // Whichever key the settings name: of a secret there is an empty set, where a router that knew would refuse the option `jwks`.
    let app = urls().into_axum().with_state(auth).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, app).with_graceful_shutdown(stopped).await?;
    Ok(())
}

/// The user table that the settings name.
async fn users(database: &str, settings: &Settings) -> Result<SqlUserStore, Box<dyn Error>> {
    let table = UserTable::from_names(&settings.user_table, &settings.username_field, &settings.user_id_field)?;
    Ok(SqlUserStore::connect(database).await?.table(&table))
}

/// Sessions of our own, in the database of the users.
async fn sessions(database: &str) -> Result<AnyTokenStore, StoreError> {
    Ok(match database.starts_with("postgres") {
        true => AnyTokenStore::new(PostgresStore::connect(database).await?),
        false => AnyTokenStore::new(SqliteStore::connect(database).await?),
    })
}

/// SimpleJWT's tables, in the database of the users.
async fn django_tables(database: &str, settings: &Settings) -> Result<DjangoStore, StoreError> {
    Ok(DjangoStore::connect(database).await?.user_table(&settings.user_table, "id", &settings.user_id_field))
}

/// Listens for SIGTERM and Ctrl-C from now on, and waits for one of them.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Whether an address to listen at is reached from this machine alone.
fn is_loopback(bind: &str) -> bool {
    match bind.parse::<std::net::SocketAddr>() {
        Ok(address) => address.ip().is_loopback(),
        Err(_) => bind.split(':').next() == Some("localhost"),
    }
}
