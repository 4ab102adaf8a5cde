//! The key file of the quickstart.

use jwt_auth::Secret;
use jwt_auth::keys::{Algorithm, KeyFileError, SigningKey};
use std::fs;
use std::path::PathBuf;

/// A directory of its own for each test, gone afterwards.
struct Directory(PathBuf);

impl Directory {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("jwt-auth-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a directory");
        Self(path)
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn is_made_once_and_then_kept() {
    let directory = Directory::new("kept");
    let path = directory.0.join("signing.key");
    let made = Secret::load_or_generate(&path).expect("made");
    assert_eq!(made.expose().len(), 86);
    assert_eq!(Secret::load_or_generate(&path).expect("read"), made);
    for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
        assert!(SigningKey::load(algorithm, made.expose(), None).is_ok());
    }
    let other = Secret::load_or_generate(directory.0.join("other.key")).expect("made");
    assert_ne!(other, made);
    // Editors add a newline.
    fs::write(&path, format!("{}\n", made.expose())).expect("written");
    assert_eq!(Secret::load_or_generate(&path).expect("read"), made);
}

#[test]
fn starts_at_the_same_moment_agree() {
    let directory = Directory::new("race");
    for round in 0..20 {
        let path = directory.0.join(format!("{round}.key"));
        let keys: Vec<Secret> = std::thread::scope(|scope| {
            let starts: Vec<_> =
                (0..8).map(|_| scope.spawn(|| Secret::load_or_generate(&path).expect("a key"))).collect();
            starts.into_iter().map(|start| start.join().expect("no panic")).collect()
        });
        assert!(keys.iter().all(|key| *key == keys[0]));
    }
}

#[test]
fn what_holds_no_key_is_refused() {
    let directory = Directory::new("empty");
    let path = directory.0.join("empty.key");
    write_private(&path, b" \n");
    assert!(matches!(Secret::load_or_generate(&path), Err(KeyFileError::Empty(_))));
    write_private(&path, b"\xff\xfe");
    assert!(matches!(Secret::load_or_generate(&path), Err(KeyFileError::NotAKey(_))));
    write_private(&path, &vec![b'a'; 65_537]);
    assert!(matches!(Secret::load_or_generate(&path), Err(KeyFileError::NotAKey(_))));
    let nowhere = directory.0.join("no/such/place.key");
    assert!(matches!(Secret::load_or_generate(nowhere), Err(KeyFileError::Io { .. })));
}

#[cfg(unix)]
#[test]
fn belongs_to_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let directory = Directory::new("mode");
    let path = directory.0.join("signing.key");
    Secret::load_or_generate(&path).expect("made");
    let mode = fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for mode in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("changed");
        let refused = Secret::load_or_generate(&path).expect_err("exposed");
        assert!(refused.to_string().contains("chmod 600"), "{refused}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).expect("changed");
    assert!(Secret::load_or_generate(&path).is_ok());
}

#[cfg(target_os = "linux")]
#[test]
fn belongs_to_nobody_else() {
    let directory = Directory::new("owner");
    let path = directory.0.join("signing.key");
    Secret::load_or_generate(&path).expect("made");
    // Only root may give files away.
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_err() {
        return;
    }
    let refused = Secret::load_or_generate(&path).expect_err("somebody else's");
    assert!(matches!(refused, KeyFileError::Foreign { owner: 12_345, .. }), "{refused}");
}

fn write_private(path: &std::path::Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("changed");
    }
}

/// Who can write the file puts a key of their own in its place. Secrets that are mounted into containers may be read by all.
#[cfg(unix)]
#[test]
fn a_settings_key_file_that_everybody_can_write_is_a_fault() {
    use std::os::unix::fs::PermissionsExt;
    let path = std::env::temp_dir().join(format!("jwt-auth-writable-{}", std::process::id()));
    fs::write(&path, "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g").expect("a file");
    for (mode, is_fine) in [(0o600, true), (0o644, true), (0o664, true), (0o666, false), (0o602, false)] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        let vars = [("JWT_AUTH_SIGNING_KEY_FILE".to_owned(), path.display().to_string())];
        let loaded = jwt_auth::Settings::from_vars(vars);
        assert_eq!(loaded.is_ok(), is_fine, "{mode:o}");
        if let Err(fault) = loaded {
            assert!(fault.to_string().contains("chmod o-w"), "{fault}");
        }
    }
    fs::remove_file(&path).expect("removed");
}
