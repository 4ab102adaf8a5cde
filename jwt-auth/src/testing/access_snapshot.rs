//! Who may call what, kept in a file that a review sees.

use crate::routing::AccessTable;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

impl AccessTable {
    /// Compares the table with a file, one row a line. The path is relative to the package, as tests run there.
    ///
    /// `ACCESS_TABLE=overwrite cargo test` writes the file anew; check it in.
    ///
    /// ```no_run
    /// # use jwt_auth::{JwtAuth, routing::GuardedRouter};
    /// # fn urls() -> GuardedRouter<JwtAuth> { GuardedRouter::new() }
    /// urls().access_table().assert_snapshot("tests/access.txt");
    /// ```
    ///
    /// # Panics
    /// When they differ, with the rows that are gone (`-`) and those that are new (`+`); when the file cannot be read or written.
    #[track_caller]
    pub fn assert_snapshot(&self, file: impl AsRef<Path>) {
        let file = file.as_ref();
        let name = file.display();
        let table = self.to_string();
        if std::env::var_os("ACCESS_TABLE").is_some_and(|value| value == "overwrite") {
            let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
            return folder
                .and_then(|()| fs::write(file, table))
                .unwrap_or_else(|error| panic!("cannot write {name}: {error}"));
        }
        let kept = fs::read_to_string(file).unwrap_or_else(|error| {
            panic!("cannot read {name}: {error}; `ACCESS_TABLE=overwrite cargo test` writes it")
        });
        let differences = differences(&kept, &table);
        assert!(
            differences.is_empty(),
            "who may call what is not as in {name}:\n{differences}`ACCESS_TABLE=overwrite cargo test` accepts it"
        );
    }
}

/// The lines of one text only, by path, so that a changed rule stands below the rule it was.
fn differences(old: &str, new: &str) -> String {
    let (old, new): (BTreeSet<_>, BTreeSet<_>) = (old.lines().collect(), new.lines().collect());
    let gone = old.difference(&new).map(|line| ('-', *line));
    let come = new.difference(&old).map(|line| ('+', *line));
    let mut lines: Vec<_> = gone.chain(come).collect();
    lines.sort_by_key(|(sign, line)| {
        let mut words = line.split(' ');
        let method = words.next();
        (words.next(), method, *sign == '+')
    });
    lines.iter().map(|(sign, line)| format!("{sign} {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::differences;

    #[test]
    fn a_changed_rule_stands_below_the_rule_it_was() {
        let old = "GET /a public\nGET /b IsAuthenticated\nGET /c public\n";
        let new = "GET /a public\r\nGET /b public\r\nPOST /a scope(\"x y\")\r\n";
        let expected = "+ POST /a scope(\"x y\")\n- GET /b IsAuthenticated\n+ GET /b public\n- GET /c public\n";
        assert_eq!(differences(old, new), expected);
        assert_eq!(differences(new, new), "");
    }
}
