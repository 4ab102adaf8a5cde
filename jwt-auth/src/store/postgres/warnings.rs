//! What an operator should know of the server before it is too late.

use super::fault::Fault;
use sqlx::PgConnection;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use std::net::IpAddr;

/// Looks at the server and at the way to it, and tells the log.
pub(super) async fn warn(connection: &mut PgConnection, options: &PgConnectOptions) -> Result<(), Fault> {
    let commit: String = sqlx::query_scalar("SHOW synchronous_commit").fetch_one(connection).await?;
    if commit == "off" {
        tracing::warn!(
            target: "jwt_auth",
            "PostgreSQL acknowledges before it has written (`synchronous_commit = off`): a crash may forget logouts and revive spent tokens; set it to `on` for this database or this role"
        );
    }
    if may_be_in_clear(options) {
        tracing::warn!(
            target: "jwt_auth", host = options.get_host(),
            "the connection to PostgreSQL on another machine may be in clear, and whoever is between is believed to be the server: write `sslmode=verify-full` into its address"
        );
    }
    Ok(())
}

/// Whether another machine is talked to, perhaps without TLS.
fn may_be_in_clear(options: &PgConnectOptions) -> bool {
    let may = matches!(options.get_ssl_mode(), PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer);
    let host = options.get_host();
    let is_socket = options.get_socket().is_some() || host.starts_with('/');
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_here = host.is_empty() || host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    may && !is_socket && !is_here
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::str::FromStr;

    #[test]
    fn only_another_machine_without_tls_is_warned_of() {
        let base = PgConnectOptions::new_without_pgpass().ssl_mode(PgSslMode::Prefer);
        for (host, expected) in [
            ("localhost", false),
            ("127.0.0.1", false),
            ("::1", false),
            ("[::1]", false),
            ("db.example.com", true),
            ("10.0.0.7", true),
        ] {
            assert_eq!(may_be_in_clear(&base.clone().host(host)), expected, "{host}");
            assert!(!may_be_in_clear(&base.clone().host(host).ssl_mode(PgSslMode::Require)), "{host}");
        }
        assert!(!may_be_in_clear(&base.clone().socket("/run/postgresql")));
        for (url, expected) in [
            ("postgres://a@db.example.com/b?sslmode=disable", true),
            ("postgres://a@db.example.com/b?sslmode=verify-full", false),
            ("postgres://a@[::1]/b?sslmode=disable", false),
            ("postgres:///b?host=/run/postgresql&sslmode=prefer", false),
        ] {
            assert_eq!(may_be_in_clear(&PgConnectOptions::from_str(url).expect(url)), expected, "{url}");
        }
    }
}
