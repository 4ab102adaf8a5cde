//! Child processes of the test program, told what to do line by line.

use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::runtime::Runtime;

/// Tells a child process what to do; unset in the test run itself.
const ROLE: &str = "JWT_AUTH_TEST_ROLE";
const DATABASE: &str = "JWT_AUTH_TEST_DATABASE";

/// What this process was started for, and the database it shares; none in the test run itself.
pub(crate) fn role() -> Option<(String, String)> {
    Some((std::env::var(ROLE).ok()?, std::env::var(DATABASE).ok()?))
}

/// In a child: says that it is ready, and then what it is told, in words.
pub(crate) fn told() -> impl Iterator<Item = Vec<String>> {
    say("ready".to_owned());
    std::io::stdin().lines().map(|line| line.expect("a line").split(' ').map(str::to_owned).collect())
}

/// In a child: says a line to whoever started it.
pub(crate) fn say(line: String) {
    // One write, so that lines of several tasks do not mix; libtest captures `println!`, not this.
    std::io::stdout().write_all(format!("\n@ {line}\n").as_bytes()).expect("the parent reads");
}

/// Nanoseconds since 1970. The processes of one machine have one clock, and it is not set during a test: [`Steady`] looks.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    u64::try_from(since.as_nanos()).expect("before 2554")
}

/// Says whether somebody has set the clock meanwhile.
pub(crate) struct Steady(std::time::Instant, u64);

impl Steady {
    pub(crate) fn begin() -> Self {
        Self(std::time::Instant::now(), now())
    }

    /// # Panics
    /// When it was set: then what was measured with it says nothing.
    pub(crate) fn check(&self) {
        let (passed, shown) = (self.0.elapsed().as_nanos(), u128::from(now().saturating_sub(self.1)));
        assert!(passed.abs_diff(shown) < 2_000_000, "somebody has set the clock: {passed} and {shown} ns");
    }
}

/// One child process.
pub(crate) struct Child {
    process: std::process::Child,
    input: Option<ChildStdin>,
    lines: Option<Box<dyn Iterator<Item = Vec<String>> + Send>>,
}

impl Child {
    pub(crate) fn start(role: &str, address: &str) -> Self {
        let mut process = Command::new(std::env::current_exe().expect("this program"))
            .args(["--exact", "child", "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .env(DATABASE, address)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let stdout = process.stdout.take().expect("piped");
        let lines = BufReader::new(stdout).lines().filter_map(|line| {
            let line = line.ok()?;
            let words = line.strip_prefix("@ ")?.split(' ');
            Some(words.map(str::to_owned).collect())
        });
        let input = process.stdin.take();
        Self { process, input, lines: Some(Box::new(lines)) }
    }

    /// All that it says, for somebody else to read.
    pub(crate) fn lines(&mut self) -> Box<dyn Iterator<Item = Vec<String>> + Send> {
        self.lines.take().expect("nobody has them yet")
    }

    /// The next line that it says.
    pub(crate) fn hear(&mut self) -> Vec<String> {
        self.lines.as_mut().expect("nobody has them").next().expect("a child failed")
    }

    pub(crate) fn tell(&mut self, line: &str) {
        let input = self.input.as_mut().expect("it has not been ended");
        input.write_all(format!("{line}\n").as_bytes()).expect("it listens");
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("SIGKILL");
        self.process.wait().expect("it is gone");
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        self.input = None;
        if std::thread::panicking() {
            // Whoever waits for nobody knows what need not end by itself; one that is gone already cannot be killed.
            let _ = self.process.kill();
        }
        let ended = self.process.wait();
        assert!(std::thread::panicking() || ended.is_ok_and(is_well), "a child failed");
    }
}

/// Ended by itself and well, or killed.
fn is_well(status: std::process::ExitStatus) -> bool {
    status.success() || status.code().is_none()
}

/// Three processes over one database.
pub(crate) struct Crew {
    pub(crate) children: [Child; 3],
    round: usize,
}

impl Crew {
    pub(crate) fn start(role: &str, address: &str) -> Self {
        let mut children = [(); 3].map(|()| Child::start(role, address));
        for child in &mut children {
            assert_eq!(child.hear(), ["ready"]);
        }
        Self { children, round: 0 }
    }

    /// Another one hears of it first each time, else the first would win every race.
    pub(crate) fn tell(&mut self, line: &str) {
        self.round += 1;
        for turn in 0..3 {
            self.children[(self.round + turn) % 3].tell(line);
        }
    }

    /// The next line of each.
    pub(crate) fn hear(&mut self) -> [Vec<String>; 3] {
        self.children.each_mut().map(Child::hear)
    }
}

/// A file of SQLite, and where PostgreSQL is installed a database of it: its name and its address.
pub(crate) fn on_each_database(name: &str, test: impl Fn(&Runtime, &str, &str)) {
    let runtime = Runtime::new().expect("a runtime");
    let scratch = Scratch::new(name);
    test(&runtime, "SQLite", &scratch.next_database());
    if let Some(server) = Postgres::start() {
        test(&runtime, "PostgreSQL", &server.next_database());
    }
}

pub(crate) fn number(text: &str) -> u64 {
    text.parse().expect("a number")
}
