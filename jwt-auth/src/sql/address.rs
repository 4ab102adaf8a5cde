//! Addresses of SQLite databases, and the files that they mean: what session and user store have in common.

use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteConnectOptions;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// What an address means, before anything is opened.
pub(crate) struct SqliteFile {
    /// As the address says; a file that is missing is not made by SQLite but by [`make`](Self::make).
    pub(crate) options: SqliteConnectOptions,
    /// The full path, should the program change directory; none for a database in memory.
    path: Option<PathBuf>,
    may_make: bool,
}

/// Why an address leads nowhere. Clonable, as many callers may have to be told.
#[derive(Clone, Debug, thiserror::Error)]
pub(crate) enum SqliteFileError {
    #[error("`{0}` is no SQLite address; write `sqlite:{0}`")]
    PathOnly(String),
    /// Names the scheme alone: the rest of such an address often holds a password.
    #[error("`{0}` is no address of SQLite; write `sqlite:file.db` or `sqlite:///folder/file.db`")]
    OtherScheme(String),
    #[error("this SQLite address cannot be read")]
    Address(#[source] Arc<sqlx::Error>),
    #[error("cannot open the SQLite file `{}`: {remedy}", path.display())]
    CannotOpen {
        path: PathBuf,
        remedy: &'static str,
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
}

impl SqliteFile {
    /// Reads `sqlite:relative.db`, `sqlite:///absolute.db` or `sqlite::memory:`, with sqlx's parameters behind a `?`.
    pub(crate) fn from_url(url: &str) -> Result<Self, SqliteFileError> {
        let Some(rest) = url.strip_prefix("sqlite:") else {
            return Err(match url.split_once("://") {
                Some((scheme, _)) => SqliteFileError::OtherScheme(format!("{scheme}://..")),
                // Anything else may be a database's address with a password in it.
                None if url.contains([':', '@', '=']) => SqliteFileError::OtherScheme("this".to_owned()),
                None => SqliteFileError::PathOnly(url.to_owned()),
            });
        };
        let options = SqliteConnectOptions::from_str(url).map_err(|error| SqliteFileError::Address(Arc::new(error)))?;
        let (name, parameters) = rest.split_once('?').unwrap_or((rest, ""));
        let mode = parameters.split('&').find_map(|parameter| parameter.strip_prefix("mode="));
        // `file:` is SQLite's own kind of address inside ours, and an empty name a temporary database.
        let in_memory = name.trim_start_matches("//") == ":memory:" || mode == Some("memory");
        let is_plain = !in_memory && !options.get_filename().starts_with("file:") && !name.is_empty();
        let path = std::path::absolute(options.get_filename()).ok().filter(|_| is_plain);
        let options = match &path {
            Some(path) => options.filename(path).create_if_missing(false),
            None => options.create_if_missing(true),
        };
        Ok(Self { options, path, may_make: matches!(mode, None | Some("rwc")) })
    }

    /// Where the file is; none for a database in memory.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Makes the file when there is none, unless the address says `mode=rw` or `mode=ro`.
    ///
    /// For its owner only (mode 0600 on Unix), as password hashes and sessions are in it; the files that SQLite puts
    /// beside it take the mode over. Empty, which to SQLite is a new database.
    pub(crate) fn make(&self) -> Result<(), SqliteFileError> {
        let Some(path) = self.path().filter(|_| self.may_make) else { return Ok(()) };
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(SqliteFileError::cannot_open(path, error)),
            _ => Ok(()),
        }
    }
}

/// Whether the database is in WAL mode, and puts it into that where it can: then nobody who reads makes a writer wait, nor the
/// reverse. The mode belongs to the file and stays. `false` while somebody else reads or writes, which changing it does not
/// wait for; a database in memory has no such mode and needs none.
pub(crate) async fn put_into_wal(connection: &mut SqliteConnection, patience: Duration) -> sqlx::Result<bool> {
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if matches!(mode.as_str(), "wal" | "memory") {
        return Ok(true);
    }
    sqlx::query("PRAGMA busy_timeout = 0").execute(&mut *connection).await?;
    let changed: sqlx::Result<String> =
        sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(&mut *connection).await;
    let back = format!("PRAGMA busy_timeout = {}", patience.as_millis());
    sqlx::query(sqlx::AssertSqlSafe(back)).execute(&mut *connection).await?;
    // Locked, or not to be written at all: it is as it was, and whoever writes is told.
    Ok(changed.is_ok_and(|mode| mode == "wal"))
}

/// Says what is lost without it.
pub(crate) fn warn_of_journal(file: &Path, remedy: &'static str) {
    tracing::warn!(
        target: "jwt_auth",
        file = %file.display(),
        remedy,
        "this SQLite file is not in WAL mode: logins and refreshes wait while anybody else reads from it in a transaction, and are answered 503 when that takes longer than some seconds",
    );
}

impl SqliteFileError {
    /// With the remedy that the state of the path suggests.
    pub(crate) fn cannot_open(path: &Path, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        let has_folder = path.parent().is_some_and(Path::is_dir);
        let remedy = match (has_folder, path.is_file()) {
            (true, true) => "let this program read and write it and its folder",
            (true, false) if path.is_dir() => "it is a folder, so mend the path",
            (true, false) => "let this program write to its folder, or mend the path",
            (false, _) => "make its folder or mend the path",
        };
        Self::CannotOpen { path: path.to_owned(), remedy, source: Arc::new(source) }
    }
}

/// What tells one file from another at the same place: device and inode, where there are such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileId(u64, u64);

impl FileId {
    // One `stat` of a file that is in use: the kernel answers from memory.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let metadata = std::fs::metadata(path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            Ok(Self(metadata.dev(), metadata.ino()))
        }
        // Elsewhere an open file cannot be replaced.
        #[cfg(not(unix))]
        {
            let _ = metadata;
            Ok(Self(0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_from_what_looks_like_one() {
        let path = |url| SqliteFile::from_url(url).expect("an address").path().map(Path::to_owned);
        assert_eq!(path("sqlite:///x/y.db"), Some("/x/y.db".into()));
        assert_eq!(path("sqlite:///x/y.db?mode=ro"), Some("/x/y.db".into()));
        assert!(path("sqlite:y.db").is_some_and(|path| path.is_absolute() && path.ends_with("y.db")));
        for memory in ["sqlite::memory:", "sqlite://:memory:", "sqlite:x?mode=memory"] {
            assert_eq!(path(memory), None, "{memory}");
        }
        let refusal = |url| SqliteFile::from_url(url).err().expect("refused").to_string();
        assert_eq!(refusal("loans.db"), "`loans.db` is no SQLite address; write `sqlite:loans.db`");
        let other = refusal("postgres://me:secret@host/x");
        assert!(other.starts_with("`postgres://..` is no address of SQLite") && !other.contains("secret"), "{other}");
        assert_eq!(refusal("sqlite:x?mode=no"), "this SQLite address cannot be read");
    }
}
