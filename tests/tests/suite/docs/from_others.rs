//! The guides from other libraries show what differs between the two states of their example, all of it and nothing else.
//! `DIFFS=overwrite` writes them anew.

use similar::{ChangeTag, TextDiff};
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn from_jsonwebtoken() {
    shows_the_difference("jsonwebtoken");
}

#[test]
fn from_axum_login() {
    shows_the_difference("axum-login");
}

#[test]
fn from_jwt_authorizer() {
    shows_the_difference("jwt-authorizer");
}

fn shows_the_difference(name: &str) {
    let folder = format!("from_{}", name.replace('-', "_"));
    let before = read(&format!("examples/migrations/{folder}/before/src/main.rs"));
    let after = read(&format!("examples/src/bin/{folder}/main.rs"));
    let guide = format!("docs/from-{name}.md");
    let text = read(&guide);
    let (head, rest) = text.split_once("```diff\n").expect("a diff block");
    let end = rest.find("```\n").expect("the end of the block");
    let (shown, tail) = rest.split_at(end);
    let difference = difference(&before, &after);
    if std::env::var_os("DIFFS").is_some_and(|word| word == "overwrite") {
        fs::write(place(&guide), format!("{head}```diff\n{difference}{tail}")).expect("writes the guide");
    } else {
        assert_eq!(shown, difference, "{guide} is out of date: run the tests with DIFFS=overwrite");
    }
}

/// With a line of context around each change, and a mark where lines are left out. The lines that only tests need stay out.
fn difference(before: &str, after: &str) -> String {
    let after = after.replace("#[cfg(test)]\nmod tests;\n\n", "");
    let diff = TextDiff::from_lines(before, &after);
    let mut groups = diff.grouped_ops(1).into_iter();
    let mut shown = String::new();
    while let Some(group) = groups.next() {
        for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
            let sign = match change.tag() {
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
                ChangeTag::Equal => ' ',
            };
            shown.push(sign);
            shown.push_str(change.value());
        }
        if groups.len() > 0 {
            shown.push_str(" // ...\n");
        }
    }
    shown
}

fn read(path: &str) -> String {
    fs::read_to_string(place(path)).expect(path)
}

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
