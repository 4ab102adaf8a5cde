//! The page of security: every test that it names is there, every row has an answer, and its figures are those of the page of sessions.
//!
//! That its links lead somewhere is asked of all pages at once, in `readme.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const PAGE: &str = "docs/security.md";

/// Where the path of a test begins: in the suite, in the crate, or with the name of a program of its own.
const ROOTS: [&str; 5] = ["tests/tests/suite", "jwt-auth/src", "tests/tests", "jwt-auth/tests", "examples/tests"];

/// A table, and how far each section of what it goes through is numbered. Of RFC 9700 the page says what it leaves out.
type Numbered = (&'static str, &'static [(&'static str, u8)]);

const NUMBERED: [Numbered; 4] = [
    (
        "## OWASP ASVS 5.0: V6 ",
        &[("6.1", 3), ("6.2", 12), ("6.3", 8), ("6.4", 6), ("6.5", 8), ("6.6", 4), ("6.7", 2), ("6.8", 4)],
    ),
    ("## OWASP ASVS 5.0: V7 ", &[("7.1", 3), ("7.2", 4), ("7.3", 2), ("7.4", 5), ("7.5", 3), ("7.6", 2)]),
    ("## OWASP ASVS 5.0: V9 ", &[("9.1", 3), ("9.2", 4)]),
    ("## RFC 8725", &[("3", 12)]),
];

#[test]
fn every_test_that_it_names_is_there() {
    let page = read(PAGE);
    let names: BTreeSet<&str> = tests_in(&page).collect();
    assert!(names.len() > 80, "{} tests", names.len());
    for name in names {
        assert!(is_there(name), "{PAGE} names `{name}`, and there is no such test");
    }
    for absent in ["verify::hostile::the_corpse", "verify::friendly::the_corpus", "docs::security::is_there"] {
        assert!(!is_there(absent), "{absent}");
    }
}

#[test]
fn every_row_has_an_answer() {
    let page = read(PAGE);
    for (heading, sections) in NUMBERED {
        let (_, table) = page.split_once(heading).unwrap_or_else(|| panic!("no {heading}"));
        let table = table.split("\n## ").next().expect("its text");
        let numbers = |(section, last): &(&str, u8)| -> Vec<String> {
            (1..=*last).map(|number| format!("{section}.{number}")).collect()
        };
        let asked: Vec<String> = sections.iter().flat_map(numbers).collect();
        assert_eq!(rows(table).map(|[number, ..]| number).collect::<Vec<_>>(), asked, "{heading}");
    }
    for [number, _, answer] in rows(&page) {
        let is_answered = if answer.starts_with("ours, not yet: ") || answer.starts_with("not applicable: ") {
            true
        } else if answer.starts_with("the application's") {
            answer.contains("][")
        } else {
            answer.starts_with("ours") && tests_in(answer).next().is_some()
        };
        assert!(is_answered, "{PAGE}, {number}: {answer}");
    }
}

#[test]
fn its_figures_are_those_of_the_simulation() {
    let (page, sessions) = (read(PAGE), read("docs/sessions.md"));
    let figures: Vec<&str> = page.lines().filter(|line| line.starts_with("  | ")).map(str::trim).collect();
    assert!(figures.len() >= 9, "{figures:?}");
    for row in figures.into_iter().chain(["| 5 % of answers lost | 0 | 10 s | 300 |"]) {
        assert!(sessions.contains(row), "docs/sessions.md has no {row}");
    }
}

/// Number, what is asked, and the answer, of each row that begins with a number.
fn rows(text: &str) -> impl Iterator<Item = [&str; 3]> {
    let rows = text.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    rows.filter(|row| row.starts_with(|first: char| first.is_ascii_digit())).map(|row| {
        let cells: Vec<&str> = row.split(" | ").collect();
        cells.try_into().unwrap_or_else(|_| panic!("three cells in {row}"))
    })
}

/// What stands between backticks and is the path of a test: types begin with a capital.
fn tests_in(text: &str) -> impl Iterator<Item = &str> {
    let is_name =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    let is_path = move |code: &&str| code.contains("::") && code.split("::").all(is_name);
    text.split('`').skip(1).step_by(2).filter(is_path)
}

/// A test, or a module of tests.
fn is_there(name: &str) -> bool {
    ROOTS.iter().any(|root| is_test(root, name) || is_module(root, name))
}

fn is_module(root: &str, path: &str) -> bool {
    let module = place(root).join(path.replace("::", "/"));
    module.is_dir() || module.with_extension("rs").is_file()
}

fn is_test(root: &str, path: &str) -> bool {
    let (module, function) = path.rsplit_once("::").expect("a path");
    let module = place(root).join(module.replace("::", "/"));
    let mut files = vec![module.with_extension("rs"), module.join("mod.rs")];
    // `mod tests` stands in the file that it is for, or beside it.
    if let Some(tested) = module.parent().filter(|_| module.ends_with("tests")) {
        let beside = PathBuf::from(format!("{}_tests.rs", tested.display()));
        files.extend([tested.with_extension("rs"), tested.join("mod.rs"), beside]);
    }
    files.iter().filter_map(|file| fs::read_to_string(file).ok()).any(|text| has_test(&text, function))
}

fn has_test(text: &str, function: &str) -> bool {
    let Some((before, _)) = text.split_once(&format!("fn {function}(")) else { return false };
    // No empty line lies between a function and its attributes.
    let above = before.rsplit("\n\n").next().unwrap_or_default();
    above.contains("#[test]") || above.contains("#[tokio::test")
}

fn read(path: &str) -> String {
    fs::read_to_string(place(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
