//! The README's first block is the quickstart, and its transcript is what a shell answers.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

#[test]
fn the_readme_begins_with_the_quickstart() {
    let source = read("examples/src/bin/quickstart.rs");
    assert!(source.lines().count() <= 40, "the quickstart fits a screen");
    assert_eq!(blocks(&read("README.md"), "rust,no_run").first(), Some(&source));
}

#[test]
fn the_curl_lines_are_those_it_prints() {
    let readme = transcript();
    let source = read("examples/src/bin/quickstart.rs");
    let (_, printed) = source.split_once("r#\"").expect("what it prints");
    let printed: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    let printed: Vec<&str> = printed.iter().map(|line| line.trim_end_matches("\"#;")).collect();
    let shown: Vec<&str> = readme.iter().map(|(line, _)| line.as_str()).collect();
    assert_eq!(shown, printed);
}

#[test]
fn the_transcript_works_when_pasted() {
    let Some(shell) = shell() else { return };
    let folder = Folder::new("transcript");
    let server = Server::start(&folder.0);
    assert!(server.greeting.iter().any(|line| line.contains("demo user test/test")), "{:?}", server.greeting);

    let lines: Vec<(String, Vec<String>)> = transcript();
    // One shell, as when pasted: each line sees the variables of the one before. A mark parts the answers.
    let script: String = lines
        .iter()
        .map(|(line, _)| format!("{}\necho\necho '=== end of line'\n", line.replace("127.0.0.1:8000", &server.address)))
        .collect();
    let output = Command::new(shell).arg("-c").arg(&script).output().expect("a shell");
    let answers = String::from_utf8(output.stdout).expect("text");
    let answers: Vec<&str> = answers.split("=== end of line\n").collect();
    for (index, (line, expected)) in lines.iter().enumerate() {
        let answer = hide_tokens(&answers[index].replace('\r', ""));
        for wanted in expected {
            assert!(answer.contains(wanted.as_str()), "{line}\nanswered\n{answer}\nwithout\n{wanted}");
        }
    }
}

#[test]
fn the_second_start_finds_its_user_and_key() {
    let folder = Folder::new("restart");
    drop(Server::start(&folder.0));
    let key = fs::read(folder.0.join("quickstart.key")).expect("a key");
    let second = Server::start(&folder.0);
    assert!(!second.greeting.iter().any(|line| line.contains("demo user")), "{:?}", second.greeting);
    assert_eq!(fs::read(folder.0.join("quickstart.key")).expect("a key"), key);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(folder.0.join("quickstart.key")).expect("a key").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

/// The lines after `$ ` in the README's console block that logs in, and what is shown below each.
fn transcript() -> Vec<(String, Vec<String>)> {
    let blocks = blocks(&read("README.md"), "console");
    let block = blocks.iter().find(|block| block.contains("/api/token/ ")).expect("the transcript");
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), lines.last_mut()) {
            (Some(command), _) => lines.push((command.to_owned(), Vec::new())),
            (None, Some((_, answer))) => answer.push(line.to_owned()),
            (None, None) => panic!("an answer before the first command: {line}"),
        }
    }
    lines
}

/// `eyJ..` for each token: they differ at every run.
fn hide_tokens(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("eyJ") {
        out.push_str(&rest[..at]);
        out.push_str("eyJ...");
        let token = &rest[at..];
        let end = token.find(|c: char| !c.is_ascii_alphanumeric() && !"-_.".contains(c)).unwrap_or(token.len());
        rest = &token[end..];
    }
    out + rest
}

fn blocks(text: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    text.split(&fence).skip(1).filter_map(|rest| Some(rest.split_once("```")?.0.to_owned())).collect()
}

fn shell() -> Option<&'static str> {
    let missing: Vec<&str> =
        ["curl", "sed"].into_iter().filter(|tool| Command::new(tool).arg("--version").output().is_err()).collect();
    if missing.is_empty() {
        return Some("bash");
    }
    assert!(std::env::var_os("CI").is_none(), "{missing:?} must be installed");
    eprintln!("NOT RUN: the README's transcript needs {missing:?}");
    None
}

struct Server {
    process: Child,
    address: String,
    greeting: Vec<String>,
}

impl Server {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_quickstart"))
            .current_dir(folder)
            .env("BIND", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the quickstart");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let mut greeting = Vec::new();
        let address = loop {
            let line = lines.next().expect("it says where it listens").expect("text");
            greeting.push(line.clone());
            if let Some(address) = line.strip_prefix("Listening on http://") {
                break address.split(". ").next().expect("an address").to_owned();
            }
        };
        // The rest of the greeting has to go somewhere while the server runs.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address, greeting }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A folder of this test's own, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("quickstart-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect("a file of the project")
}
