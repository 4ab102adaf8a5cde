//! A pooler in front of a test's own server.

use crate::postgres::{Postgres, free_port};
use crate::scratch::Scratch;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// PgBouncer, sharing four connections of the server by transaction; stopped on drop.
#[derive(Debug)]
pub struct PgBouncer {
    process: Child,
    port: u16,
    _scratch: Scratch,
}

impl PgBouncer {
    /// In front of this server, or none where PgBouncer is not installed, which is said on standard error.
    ///
    /// # Panics
    /// When it does not start; and when it is missing although `CI=true`, where nothing may be left out in silence.
    pub fn before(server: &Postgres) -> Option<Self> {
        let places = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"];
        let Some(program) = places.iter().find(|place| Path::new(place).is_file()) else {
            let wanted = format!("PgBouncer is not installed (none of {places:?})");
            assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{wanted}");
            eprintln!("NOT TESTED: {wanted}; what needs it is skipped");
            return None;
        };
        let scratch = Scratch::new("pgbouncer");
        let (port, file) = (free_port(), scratch.path().join("pgbouncer.ini"));
        // Nothing of it is there for our sake.
        let settings = format!(
            "[databases]\n* = host=127.0.0.1 port={} user={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
             unix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\nmax_client_conn = 200\n",
            server.port(),
            crate::postgres::USER,
        );
        std::fs::write(&file, settings).expect("a file");
        let mut command = server.command_of(Path::new(program));
        let process = command.arg("-q").arg(&file).stderr(Stdio::inherit()).spawn().expect("it starts");
        let this = Self { process, port, _scratch: scratch };
        for _ in 0..1000 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return Some(this);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("PgBouncer does not take connections");
    }

    /// The address of a database of the server, through it.
    pub fn url(&self, address: &str) -> String {
        let (begin, database) = address.rsplit_once('/').expect("an address");
        let (begin, _) = begin.rsplit_once(':').expect("a port");
        format!("{begin}:{}/{database}", self.port)
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
