//! The page of settings says what the table of settings says, and its defaults are the real ones.

use jwt_auth::Settings;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");

#[test]
fn the_page_has_every_setting_and_no_other() {
    let page = rows();
    let names: Vec<_> = page.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, Settings::names().collect::<Vec<_>>());
    for (row, (name, summary)) in page.iter().zip(Settings::summaries()) {
        assert_eq!(row.meaning, summary, "{name}");
        assert_eq!(row.variable, format!("JWT_AUTH_{}", name.to_uppercase()));
    }
}

#[test]
fn every_field_is_a_setting() {
    let shown = format!("{:#?}", Settings::new("key"));
    let fields = shown.lines().filter_map(|line| line.strip_prefix("    ")?.split_once(": "));
    let fields: Vec<_> =
        fields.map(|(name, _)| name.trim()).filter(|name| !name.contains(' ') && *name != "__more").collect();
    assert_eq!(fields, Settings::names().collect::<Vec<_>>());
}

#[test]
fn the_defaults_of_the_page_are_the_defaults() {
    let written = rows().into_iter().filter_map(|row| Some((row.variable, row.default?)));
    let key = ("JWT_AUTH_SIGNING_KEY".to_owned(), "a key that is long enough for HS256, and more".to_owned());
    let settings = Settings::from_vars(written.chain([key])).expect("settings");
    assert_eq!(format!("{settings:#?}"), format!("{:#?}", Settings::new("key")));
    let required: Vec<_> = rows().into_iter().filter(|row| row.default.is_none()).map(|row| row.name).collect();
    assert_eq!(required, ["signing_key"]);
}

struct Row {
    name: String,
    variable: String,
    /// `None` when required.
    default: Option<String>,
    meaning: String,
}

/// The lines `| setting | variable | default | meaning |` of the page.
fn rows() -> Vec<Row> {
    let page = std::fs::read_to_string(PAGE).expect("the page");
    // What becomes of what was issued before is a table of its own, see `flows/issued_before.rs`.
    let page = page.split("## What becomes").next().expect("its beginning");
    let lines = page.lines().filter(|line| line.starts_with("| `"));
    let row = |line: &str| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, variable, default, meaning] = cells[..] else { panic!("four cells in {line}") };
        let code = |cell: &str| cell.strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
        Row {
            name: code(name).expect("a name"),
            variable: code(variable).expect("a variable"),
            default: match default {
                "required" => None,
                "empty" => Some(String::new()),
                default => Some(code(default).expect("a default")),
            },
            meaning: meaning.to_owned(),
        }
    };
    lines.map(row).collect()
}
