//! Every command of docs/keys.md, in one shell and in its order.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/keys.md");

#[cfg(unix)]
#[test]
fn the_page_of_keys_does_what_it_says() {
    if let Some(missing) = ["bash", "curl", "jq"].into_iter().find(|name| !runs(name)) {
        assert!(std::env::var_os("CI").is_none_or(|value| value != "true"), "{missing} is not installed");
        eprintln!("NOT TESTED: {missing} is not installed; what the page says was not tried");
        return;
    }
    let page = std::fs::read_to_string(PAGE).expect("the page");
    let steps = steps(&page);
    assert!(steps.len() > 30, "{}", steps.len());
    let programs = super::simplejwt::command();
    let programs = programs.parent().expect("a folder");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("keys-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    // Ports that are free, as the page's may not be.
    let free = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let [first, second] = [free(), free()].map(|held| held.local_addr().expect("an address").to_string());
    let mut script = "trap 'kill $SERVICE $SECOND 2>/dev/null' EXIT\nexec 2>&1\n".to_owned();
    for (at, (command, _)) in steps.iter().enumerate() {
        let command = command.replace("127.0.0.1:8000", &first).replace("127.0.0.1:8001", &second);
        script += &format!("echo '@@ {at}'\n{command}\n");
    }
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").expect("a path"));
    let run = Command::new("timeout")
        .args(["120", "bash", "-c", &script])
        .current_dir(&folder)
        .env("PATH", path)
        .env("BIND", first)
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    for (at, (command, expected)) in steps.iter().enumerate() {
        let answer = said.split_once(&format!("@@ {at}\n")).map_or("", |(_, after)| after);
        let answer = answer.split("@@ ").next().unwrap_or_default();
        let mut rest = answer;
        // What the page leaves out stands for anything.
        for piece in expected.iter().flat_map(|line| line.split("...")).map(str::trim) {
            let found = rest.find(piece);
            let found = found.unwrap_or_else(|| panic!("`{command}` does not say `{piece}` here: {answer}\n\n{said}"));
            rest = &rest[found + piece.len()..];
        }
    }
    std::fs::remove_dir_all(&folder).expect("it was there");
}

/// Each command with the lines that it answers.
fn steps(page: &str) -> Vec<(String, Vec<String>)> {
    let mut steps: Vec<(String, Vec<String>)> = Vec::new();
    for block in page.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap_or_default().lines() {
            match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push((command.to_owned(), Vec::new())),
                (None, Some((_, expected))) => expected.push(line.to_owned()),
                (None, None) => panic!("an answer without a command: {line}"),
            }
        }
    }
    steps
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
