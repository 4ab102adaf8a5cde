//! Why an address leads to no user table.

/// Why an address leads to no user table.
#[derive(Debug, thiserror::Error)]
pub(super) enum AddressError {
    #[cfg(not(feature = "postgres"))]
    #[error("an address `postgres://..` needs the feature `postgres` of `jwt-auth`")]
    NoPostgres,
    #[cfg(not(feature = "sqlite"))]
    #[error("an address `sqlite:..` needs the feature `sqlite` of `jwt-auth`")]
    NoSqlite,
    /// Says nothing of the address: there may be a password in it.
    #[cfg(not(feature = "sqlite"))]
    #[error("this is no address of PostgreSQL; write `postgres://user@host/database`")]
    Other,
    #[cfg(feature = "postgres")]
    #[error("this PostgreSQL address cannot be read")]
    Unreadable(#[source] sqlx::Error),
}

#[cfg(not(feature = "sqlite"))]
impl AddressError {
    pub(super) fn without_sqlite(url: &str) -> Self {
        if url.starts_with("sqlite:") { Self::NoSqlite } else { Self::Other }
    }
}
