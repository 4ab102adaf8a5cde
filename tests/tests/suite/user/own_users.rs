//! The example `own_users`: how much an existing application has to change, and that the guide shows just that.

use std::fs;
use std::path::Path;

#[test]
fn at_most_25_lines_change() {
    let lines = changes();
    let changed = lines.iter().filter(|line| !line.trim_start_matches(['+', '-']).trim().is_empty()).count();
    assert!(changed > 0 && changed <= 25, "{changed} lines changed:\n{}", lines.join("\n"));
}

#[test]
fn the_guide_shows_the_difference() {
    let guide = read("docs/own-users.md");
    let block = guide.split("```diff\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a diff block");
    let shown: Vec<&str> = block.lines().filter(|line| line.starts_with(['+', '-'])).collect();
    assert_eq!(shown, changes());
}

/// Lines taken out (`-`) and put in (`+`), by the longest common subsequence.
fn changes() -> Vec<String> {
    let (before, after) = (read("examples/own_users/before.rs"), read("examples/src/bin/own_users.rs"));
    let (a, b): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let mut common = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < a.len() || j < b.len() {
        if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
        } else if i < a.len() && (j == b.len() || common[i + 1][j] >= common[i][j + 1]) {
            out.push(format!("-{}", a[i]));
            i += 1;
        } else {
            out.push(format!("+{}", b[j]));
            j += 1;
        }
    }
    out
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)).expect("a file of the project")
}
