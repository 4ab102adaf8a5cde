//! A PostgreSQL server of a test's own.

use crate::scratch::Scratch;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The server's superuser; anybody on this machine may be it.
pub(crate) const USER: &str = "jwt_auth";

/// A cluster in a scratch directory, on a free port of the loopback address; stopped and removed on drop.
///
/// Its data do not reach the disk in order (`fsync` is off): a stopped server keeps them, a crashed machine need not.
#[derive(Debug)]
pub struct Postgres {
    programs: PathBuf,
    scratch: Scratch,
    owner: Option<(u32, u32)>,
    port: u16,
    databases: AtomicU32,
}

impl Postgres {
    /// A running server, or none where PostgreSQL is not installed, which is said on standard error.
    ///
    /// # Panics
    /// When it does not start; and when it is missing although `CI=true`, where nothing may be left out in silence.
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let wanted = "PostgreSQL is not installed (no `initdb` in /usr/lib/postgresql/*/bin or on PATH)";
            assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{wanted}");
            eprintln!("NOT TESTED: {wanted}; what needs it is skipped");
            return None;
        };
        let scratch = Scratch::new("postgres");
        let owner = owner(scratch.path());
        let mut server = Self { programs, scratch, owner, port: 0, databases: AtomicU32::new(0) };
        server.run("initdb", &["-U", USER, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        // Somebody else may take the port between our looking and the server's start.
        for attempt in 0.. {
            server.port = free_port();
            if server.try_restart() {
                break;
            }
            assert!(attempt < 5, "PostgreSQL does not start:\n{}", server.log());
        }
        Some(server)
    }

    /// The address of its first database, which is empty.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// Makes another database and returns its address.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn create_database(&self, name: &str) -> String {
        let port = self.port.to_string();
        let mut command = self.command("createdb");
        command.args(["-h", "127.0.0.1", "-p", &port, "-U", USER, name]);
        let output = command.output().expect("createdb starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        self.url_of(name)
    }

    /// The address of a new database, which is empty.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn next_database(&self) -> String {
        self.create_database(&format!("database_{}", self.databases.fetch_add(1, Ordering::Relaxed)))
    }

    /// Its port on the loopback address.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// Stops the server and all its connections where they are (SIGSTOP), until [`resume`](Self::resume): nothing is closed, nothing answers.
    ///
    /// # Panics
    /// When the signals cannot be sent.
    #[cfg(target_os = "linux")]
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// When the signals cannot be sent.
    #[cfg(target_os = "linux")]
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    #[cfg(target_os = "linux")]
    fn signal(&self, signal: &str) {
        let file = std::fs::read_to_string(self.data().join("postmaster.pid")).expect("it runs");
        let main = file.lines().next().expect("a process id").to_owned();
        let children = std::fs::read_to_string(format!("/proc/{main}/task/{main}/children")).expect("its connections");
        // The main process first: it starts no more of them.
        for process in std::iter::once(main.as_str()).chain(children.split_whitespace()) {
            // A connection may have ended meanwhile.
            Command::new("kill").args([signal, process]).stderr(Stdio::null()).status().expect("kill");
        }
    }

    /// Ends the server and all its connections at once; the data stay.
    ///
    /// # Panics
    /// When it does not end.
    pub fn stop(&self) {
        assert!(self.try_stop(), "PostgreSQL does not stop:\n{}", self.log());
    }

    /// Starts it again after [`stop`](Self::stop), at the same address.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&self) {
        assert!(self.try_restart(), "PostgreSQL does not start:\n{}", self.log());
    }

    /// Lets it offer TLS with this certificate, which takes a restart.
    ///
    /// # Panics
    /// When it does not start so.
    #[cfg(unix)]
    pub fn use_tls(&self, certificate: &Path, key: &Path) {
        use std::os::unix::fs::{PermissionsExt, chown};
        for (from, name) in [(certificate, "server.crt"), (key, "server.key")] {
            let to = self.data().join(name);
            std::fs::copy(from, &to).expect("a copy");
            std::fs::set_permissions(&to, std::fs::Permissions::from_mode(0o600)).expect("its own");
            if let Some((user, group)) = self.owner {
                chown(&to, Some(user), Some(group)).expect("root gives it away");
            }
        }
        let file = self.data().join("postgresql.conf");
        let settings = std::fs::read_to_string(&file).expect("its settings");
        std::fs::write(&file, settings + "\nssl = on\n").expect("written");
        self.stop();
        self.restart();
    }

    fn url_of(&self, database: &str) -> String {
        format!("postgres://{USER}@127.0.0.1:{}/{database}", self.port)
    }

    fn try_restart(&self) -> bool {
        let log = self.scratch.path().join("log");
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off -c max_connections=200",
            self.port
        );
        let mut command = self.command("pg_ctl");
        command.args(["start", "-w", "-t", "60", "-o", &options, "-l"]).arg(log).arg("-D").arg(self.data());
        command.status().expect("pg_ctl starts").success()
    }

    fn try_stop(&self) -> bool {
        let mut command = self.command("pg_ctl");
        command.args(["stop", "-w", "-m", "immediate", "-D"]).arg(self.data());
        command.status().is_ok_and(|status| status.success())
    }

    /// Runs a program of PostgreSQL on the cluster to its end.
    fn run(&self, program: &str, arguments: &[&str]) {
        let output = self.command(program).args(arguments).arg(self.data()).stderr(Stdio::piped()).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    }

    fn command(&self, program: &str) -> Command {
        self.command_of(&self.programs.join(program))
    }

    /// A command that is run by the user who runs the server.
    pub(crate) fn command_of(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.scratch.path()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        #[cfg(unix)]
        if let Some((user, group)) = self.owner {
            use std::os::unix::process::CommandExt;
            command.uid(user).gid(group);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.scratch.path().join("log")).unwrap_or_default()
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // It may have been stopped already.
        self.try_stop();
    }
}

/// The folder of PostgreSQL's programs: the newest in Debian's place, else the one that PATH leads to.
fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    versions.sort_by_key(|path| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let others = std::iter::once(PathBuf::from("/usr/local/bin")).chain(std::env::split_paths(&path));
    // A link on PATH leads to the folder where the other programs are.
    let real = others.filter_map(|folder| Some(folder.join("initdb").canonicalize().ok()?.parent()?.to_owned()));
    versions.into_iter().rev().chain(real).find(|folder| folder.join("initdb").is_file())
}

/// PostgreSQL refuses to run as root: then another user owns the cluster and runs it.
#[cfg(unix)]
fn owner(scratch: &Path) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let own = std::fs::metadata(scratch).expect("the scratch directory exists").uid();
    if own != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").expect("a list of users");
    let (user, group) = ["postgres", "nobody"].iter().find_map(|wanted| {
        let mut fields = users.lines().map(|line| line.split(':')).find(|line| line.clone().next() == Some(wanted))?;
        Some((fields.nth(2)?.parse().ok()?, fields.next()?.parse().ok()?))
    })?;
    std::os::unix::fs::chown(scratch, Some(user), Some(group)).expect("root gives it away");
    Some((user, group))
}

#[cfg(not(unix))]
fn owner(_: &Path) -> Option<(u32, u32)> {
    None
}

pub(crate) fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    socket.local_addr().expect("bound").port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_stops_and_starts_again() {
        let Some(server) = Postgres::start() else { return };
        let reachable = || std::net::TcpStream::connect(("127.0.0.1", server.port)).is_ok();
        assert!(reachable());
        assert!(server.create_database("other").ends_with("/other"));
        server.stop();
        assert!(!reachable());
        server.restart();
        assert!(reachable());
        let place = server.scratch.path().to_owned();
        drop(server);
        assert!(!place.exists());
    }
}
