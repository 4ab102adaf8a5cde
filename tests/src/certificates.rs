//! Certificates for servers on this machine, made with openssl.

use std::path::{Path, PathBuf};
use std::process::Command;

/// One server called `localhost`, the authority that says so, and another one that says nothing.
#[derive(Debug)]
pub struct Certificates {
    pub certificate: PathBuf,
    pub key: PathBuf,
    pub authority: PathBuf,
    pub another_authority: PathBuf,
}

impl Certificates {
    /// In this folder; none where openssl is not installed, which is said on standard error.
    ///
    /// # Panics
    /// When it fails; and when it is missing although `CI=true`, where nothing may be left out in silence.
    pub fn make(folder: &Path) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            let wanted = "openssl is not installed";
            assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{wanted}");
            eprintln!("NOT TESTED: {wanted}; what needs it is skipped");
            return None;
        }
        let [authority, another_authority] = ["right", "wrong"].map(|name| make_authority(folder, name));
        openssl(folder, &format!("req {NEW_KEY} -keyout server.key -out server.csr -subj /CN=localhost"));
        std::fs::write(folder.join("names"), "subjectAltName=DNS:localhost\n").expect("a file");
        openssl(
            folder,
            "x509 -req -in server.csr -CA right.pem -CAkey right.key -CAcreateserial -days 2 -extfile names -out server.crt",
        );
        let [certificate, key] = ["server.crt", "server.key"].map(|name| folder.join(name));
        Some(Self { certificate, key, authority, another_authority })
    }
}

const NEW_KEY: &str = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";

fn make_authority(folder: &Path, name: &str) -> PathBuf {
    openssl(folder, &format!("req -x509 {NEW_KEY} -keyout {name}.key -out {name}.pem -days 2 -subj /CN={name}"));
    folder.join(format!("{name}.pem"))
}

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").current_dir(folder).args(arguments.split(' ')).output();
    let output = output.expect("openssl");
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
}
