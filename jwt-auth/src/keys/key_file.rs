//! A secret in a file of its own, made on first use.

use crate::base64url;
use crate::secret::Secret;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;
use zeroize::Zeroizing;

/// Why a key file cannot be used. Names the file and never shows what is in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// Somebody else than the owner may read it.
    #[error("the key file {} can be read by others (mode {mode:03o}): run `chmod 600` on it, and replace the key if it was shared", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It belongs to another user, who can read and change it.
    #[error("the key file {} belongs to another user (uid {owner}): `chown` it, or replace the key", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Whose it is.
        owner: u32,
    },
    /// It is a folder: what Docker makes where the file to mount is missing.
    #[error("the key file {} is a folder, which is what Docker makes where the file to mount is missing: remove it, or name a file", .0.display())]
    Folder(PathBuf),
    /// Empty, or cut off while it was being written.
    #[error("the key file {} is empty: delete it, and a new key is made", .0.display())]
    Empty(PathBuf),
    /// Over 64 KiB, or not UTF-8: no key.
    #[error("the file {} holds no key", .0.display())]
    NotAKey(PathBuf),
    /// The system refused to read or write it.
    #[error("the key file {} cannot be read or made", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The system's random numbers failed.
    #[error("the system gives no random numbers")]
    NoRandomness,
}

impl Secret {
    /// A new secret of 64 random bytes, as base64url text: for a service that may forget its tokens when it ends, and for tests.
    ///
    /// ```
    /// use jwt_auth::{Secret, Settings};
    ///
    /// let settings = Settings::new(Secret::generate()?);
    /// assert_ne!(settings.signing_key, Some(Secret::generate()?));
    /// # Ok::<(), jwt_auth::keys::KeyFileError>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFileError::NoRandomness`].
    pub fn generate() -> Result<Self, KeyFileError> {
        let mut bytes = Zeroizing::new([0; 64]);
        aws_lc_rs::rand::fill(&mut *bytes).map_err(|_| KeyFileError::NoRandomness)?;
        Ok(Self::new(base64url::encode(*bytes)))
    }

    /// Reads the key in this file; makes the file first when there is none, with 64 random bytes as base64url text.
    ///
    /// A new file belongs to its owner only (mode 0600 on Unix). Two processes that start at once end up with the same key:
    /// only one of them creates the file, the other waits for it. Line breaks around the text are not part of the key.
    ///
    /// ```
    /// # use jwt_auth::Secret;
    /// # let directory = std::env::temp_dir().join(format!("jwt-auth-doc-{}", std::process::id()));
    /// # std::fs::create_dir_all(&directory)?;
    /// let key = Secret::load_or_generate(directory.join("signing.key"))?;
    /// assert_eq!(key, Secret::load_or_generate(directory.join("signing.key"))?);
    /// # std::fs::remove_dir_all(&directory)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`KeyFileError`]: a file that group or others may read is refused, and on Linux one that belongs to another user than
    /// this process's or root.
    pub fn load_or_generate(path: impl AsRef<Path>) -> Result<Self, KeyFileError> {
        let path = path.as_ref();
        match create(path) {
            Ok(file) => write_new(path, file),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => read(path),
            Err(error) => Err(io_error(path, error)),
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_new(path: &Path, mut file: File) -> Result<Secret, KeyFileError> {
    let secret = Secret::generate()?;
    file.write_all(secret.expose().as_bytes()).and_then(|()| file.sync_all()).map_err(|error| io_error(path, error))?;
    Ok(secret)
}

fn read(path: &Path) -> Result<Secret, KeyFileError> {
    const TRIES: u32 = 50;
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 0..TRIES {
        let secret = read_once(path)?;
        if !secret.expose().trim().is_empty() {
            return Ok(secret);
        }
        // Made by another process this very moment and not written yet.
        thread::sleep(PAUSE);
    }
    Err(KeyFileError::Empty(path.to_owned()))
}

fn read_once(path: &Path) -> Result<Secret, KeyFileError> {
    const LARGEST: u64 = 64 * 1024;
    if path.is_dir() {
        return Err(KeyFileError::Folder(path.to_owned()));
    }
    let file = File::open(path).map_err(|error| io_error(path, error))?;
    check_mode(path, &file)?;
    let mut text = Zeroizing::new(String::new());
    match file.take(LARGEST + 1).read_to_string(&mut text) {
        Ok(length) if length as u64 <= LARGEST => Ok(Secret::new(text.trim_matches(['\r', '\n']))),
        Ok(_) => Err(KeyFileError::NotAKey(path.to_owned())),
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(KeyFileError::NotAKey(path.to_owned())),
        Err(error) => Err(io_error(path, error)),
    }
}

/// Asks the open file and not its name, which might mean another file a moment later.
#[cfg(unix)]
fn check_mode(path: &Path, file: &File) -> Result<(), KeyFileError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let metadata = file.metadata().map_err(|error| io_error(path, error))?;
    let owner = metadata.uid();
    // This folder belongs to the process's effective user. Where there is no /proc, nothing short of unsafe code tells
    // who we are, and the mode has to do. Root can read every file anyway.
    let is_foreign = std::fs::metadata("/proc/self").is_ok_and(|own| owner != own.uid() && owner != 0);
    if is_foreign {
        let path = path.to_owned();
        return Err(KeyFileError::Foreign { path, owner });
    }
    let mode = metadata.permissions().mode() & 0o777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        let path = path.to_owned();
        Err(KeyFileError::Exposed { path, mode })
    }
}

#[cfg(not(unix))]
fn check_mode(_: &Path, _: &File) -> Result<(), KeyFileError> {
    Ok(())
}

fn io_error(path: &Path, source: io::Error) -> KeyFileError {
    let path = path.to_owned();
    KeyFileError::Io { path, source }
}
