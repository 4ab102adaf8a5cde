//! What the README says of the project is so. `tests/package` runs its first screen and its tour.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn its_first_screen_is_the_quickstart() {
    let readme = read("README.md");
    let screen = fenced(&readme, "rust,no_run");
    assert!(screen.lines().count() <= 20, "somebody copies it");
    // The README is written more closely than rustfmt would have it.
    let layout_aside = |text: &str| text.split_whitespace().collect::<String>().replace(",}", "}");
    assert_eq!(layout_aside(screen), layout_aside(&read("examples/src/bin/quickstart/main.rs")));
}

#[test]
fn install_comes_before_the_first_screen() {
    let readme = read("README.md");
    let place = |text: &str| readme.find(text).unwrap_or_else(|| panic!("{text} is not in the README"));
    assert!(place("```toml") < place("```rust"));
    assert!(place("```rust") < place("cargo run -p jwt-auth-examples --no-default-features --bin quickstart"));
}

#[test]
fn a_default_build_has_as_many_crates_as_it_says() {
    let readme = read("README.md");
    let (_, shown) = readme.split_once("$ cargo tree ").expect("the command that counts");
    let mut lines = shown.lines();
    let command = lines.next().expect("its arguments");
    let arguments = command.split(" | ").next().expect("its arguments").split(' ');
    let listed = cargo(["tree", "--locked", "--offline"].into_iter().chain(arguments));
    let crates: BTreeSet<&str> = listed.lines().collect();
    assert_eq!(lines.next(), Some(&*crates.len().to_string()));
    assert!(crates.len() < 60, "a default build has grown");
}

#[test]
fn no_dependency_of_a_default_build_needs_a_newer_compiler() {
    let metadata = metadata(&["--filter-platform", &host()]);
    let listed = cargo([
        "tree",
        "--locked",
        "--offline",
        "-p",
        "jwt-auth",
        "-e",
        "normal,build",
        "--prefix",
        "none",
        "--no-dedupe",
    ]);
    let names: BTreeSet<String> =
        listed.lines().filter_map(|line| Some(line.split(" (").next()?.replacen(" v", " ", 1))).collect();
    let ours = version(package(&metadata, "jwt-auth")["rust_version"].as_str().expect("a rust-version"));
    let readme = read("README.md");
    assert!(readme.contains(&format!("A default build needs Rust {}.{}", ours[0], ours[1])));
    let mut seen = 0;
    for package in metadata["packages"].as_array().expect("packages") {
        let name =
            format!("{} {}", package["name"].as_str().expect("a name"), package["version"].as_str().expect("one"));
        if names.contains(&name) {
            seen += 1;
            let theirs = package["rust_version"].as_str().map_or([0; 2], version);
            assert!(theirs <= ours, "{name} needs Rust {theirs:?}, and this crate says {ours:?}");
        }
    }
    assert_eq!(seen, names.len(), "each crate of the tree is looked at: {names:?}");
}

#[test]
fn its_table_lists_every_feature() {
    let readme = read("README.md");
    let (_, table) = readme.split_once("| feature | what it adds").expect("the table of features");
    let listed: BTreeSet<&str> = table
        .lines()
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .filter_map(|line| line.split('`').nth(1))
        .collect();
    let metadata = metadata(&["--no-deps"]);
    let features = package(&metadata, "jwt-auth")["features"].as_object().expect("features");
    let there: BTreeSet<&str> = features.keys().map(String::as_str).filter(|name| *name != "default").collect();
    assert_eq!(listed, there);
}

#[test]
fn every_guide_is_listed_and_is_a_page_of_the_documentation() {
    let (readme, pages, links) =
        (read("README.md"), read("jwt-auth/src/guides/mod.rs"), read("jwt-auth/src/guides/links.md"));
    for guide in guides() {
        let module = guide.replace('-', "_");
        assert!(readme.contains(&format!("][{guide}]")), "the README does not link to docs/{guide}.md");
        assert!(
            readme.contains(&format!("[{guide}]: https://docs.rs/jwt-auth/latest/jwt_auth/guides/{module}/index.html")),
            "{guide}"
        );
        assert!(pages.contains(&format!("{module}: \"{guide}.md\"")), "{guide} is no page");
        assert!(links.contains(&format!("[{guide}]: crate::guides::{module}\n")), "{guide} is not in links.md");
    }
}

/// A figure that was to be filled in is a word in capitals; whatever else is written so stands between backticks.
#[test]
fn no_place_on_a_page_waits_for_its_figure() {
    for guide in guides() {
        let text = read(&format!("docs/{guide}.md"));
        for prose in text.split("```").step_by(2) {
            let waits = |word: &&str| word.contains('_') && word.chars().all(|c| c == '_' || c.is_ascii_uppercase());
            let found = prose.split([' ', '|', '\n']).find(waits);
            assert_eq!(found, None, "docs/{guide}.md");
        }
    }
}

#[test]
fn links_between_documents_lead_somewhere() {
    let links = read("jwt-auth/src/guides/links.md");
    for guide in guides() {
        let text = read(&format!("docs/{guide}.md"));
        assert!(!text.contains(".md)"), "docs/{guide}.md: write `[text][page]`, which is a link in rustdoc as well");
        for definition in text.lines().filter(|line| line.starts_with('[') && line.contains("]: ")) {
            let (name, path) = definition.split_once("]: ").expect("a definition");
            assert!(links.contains(&format!("{name}]: ")), "docs/{guide}.md: {name}] is not in links.md");
            let (file, heading) = path.split_once('#').unwrap_or((path, ""));
            if !file.ends_with(".md") {
                assert!(place(&format!("docs/{file}")).is_file(), "docs/{guide}.md: no {path}");
                continue;
            }
            let there = read(&format!("docs/{file}"));
            assert!(heading.is_empty() || headings(&there).any(|id| id == heading), "docs/{guide}.md: no {path}");
        }
    }
}

/// A secret that is printed is copied, and then signs the tokens of a service: readers are shown how to make one.
#[test]
fn no_secret_on_a_page_signs_tokens() {
    for shown in [
        r#"let settings = Settings::new("a secret of at least thirty-two bytes");"#,
        "JWT_AUTH_SIGNING_KEY=RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g cargo run",
        "signing_key = 'RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g'",
    ] {
        assert!(shows_a_secret(shown), "{shown}");
    }
    let lines = lines_of_code();
    assert!(lines.len() > 2000, "the pages have moved");
    for (place, line) in lines {
        assert!(!shows_a_secret(&line), "{place}: {line}");
    }
}

/// Whether a line about keys holds a text that would sign the tokens of a hardened service.
fn shows_a_secret(line: &str) -> bool {
    let lower = line.to_lowercase().replace("primary key", "");
    let is_about_keys = !line.contains("include_str!")
        && ["key", "secret", "settings::new(", "simple_jwt("].iter().any(|word| lower.contains(word));
    let quoted = ['"', '\''].into_iter().flat_map(|quote| line.split(quote).skip(1).step_by(2));
    let assigned = line.split_once("KEY=").or_else(|| line.split_once("KEYS=")).map(|(_, value)| value);
    let assigned = assigned.and_then(|value| value.split_whitespace().next());
    let signs = |text: &str| jwt_auth::keys::KeyRing::from_settings(&jwt_auth::Settings::new(text)).is_ok();
    is_about_keys && quoted.chain(assigned).any(|text| text.len() >= 32 && signs(text))
}

/// The code of the pages, of the documentation of items, and of the examples, line by line with its place.
fn lines_of_code() -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut of_fences = |place: String, text: &mut dyn Iterator<Item = &str>| {
        let mut is_code = false;
        for line in text {
            match line.trim_start().starts_with("```") {
                true => is_code = !is_code,
                false if is_code => lines.push((place.clone(), line.to_owned())),
                false => {}
            }
        }
    };
    for page in
        guides().iter().map(|guide| format!("docs/{guide}.md")).chain(["README.md", "SECURITY.md"].map(str::to_owned))
    {
        of_fences(page.clone(), &mut read(&page).lines());
    }
    for file in sources(&["jwt-auth/src", "jwt-auth-macros/src"]) {
        let text = fs::read_to_string(&file).expect("text");
        let docs = text.lines().map(str::trim_start);
        let docs = docs.filter_map(|line| line.strip_prefix("///").or_else(|| line.strip_prefix("//!")));
        of_fences(file.display().to_string(), &mut docs.map(str::trim_start));
    }
    for file in sources(&["examples"]) {
        let text = fs::read_to_string(&file).expect("text");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines.extend(code.map(|line| (file.display().to_string(), line.to_owned())));
    }
    lines
}

/// Rust files below these folders.
fn sources(folders: &[&str]) -> Vec<std::path::PathBuf> {
    let mut folders: Vec<_> = folders.iter().map(|folder| place(folder)).collect();
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                found.push(entry);
            }
        }
    }
    found
}

/// Who looks for what they know by another framework's name finds what it is here.
#[test]
fn words_of_other_frameworks_are_found() {
    let mut folders = vec![place("jwt-auth/src"), place("jwt-auth-macros/src")];
    let mut texts = String::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            match entry.is_dir() {
                true => folders.push(entry),
                false => texts += &fs::read_to_string(&entry).expect("text"),
            }
        }
    }
    for word in [
        "login_required",
        "permission_required",
        "user_passes_test",
        "permission_classes",
        "TokenObtainPairView",
        "TokenRefreshView",
        "TokenVerifyView",
        "TokenBlacklistView",
        "IsAuthenticated",
        "AllowAny",
        "JWTAuthentication",
        "JWTStatelessUserAuthentication",
        "SIMPLE_JWT",
        "has_object_permission",
        "UserDetailsService",
        "UserDetails",
        "PasswordEncoder",
        "PreAuthorize",
        "SecurityFilterChain",
        "WithMockUser",
        "RequireAuthorization",
        "RequireAuthorizationLayer",
        "AuthnBackend",
        "AuthzBackend",
        "AuthSession",
        "JwtAuthorizer",
        "JwtClaims",
        "AllowAnonymous",
        "Authorize",
        "ClaimsPrincipal",
        "EncodingKey",
        "DecodingKey",
        "Validation",
    ] {
        assert!(texts.contains(&format!("doc(alias = \"{word}\")")), "`{word}` leads nowhere");
    }
}

/// The names of the files in `docs` that rustdoc shows, without their endings.
fn guides() -> Vec<String> {
    let folder = fs::read_dir(place("docs")).expect("docs");
    let files = folder.map(|file| file.expect("a file").file_name().into_string().expect("text"));
    let guides: Vec<_> = files.filter_map(|file| file.strip_suffix(".md").map(str::to_owned)).collect();
    assert!(guides.len() >= 10, "the guides have moved");
    guides.into_iter().filter(|guide| guide != "releasing").collect()
}

fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter(|line| line.starts_with('#')).map(|line| {
        let title = line.trim_start_matches(['#', ' ']).to_lowercase();
        title.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>().replace(' ', "-")
    })
}

fn fenced<'t>(text: &'t str, language: &str) -> &'t str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("a block");
    rest.split_once("```").expect("its end").0
}

fn package<'m>(metadata: &'m Value, name: &str) -> &'m Value {
    let packages = metadata["packages"].as_array().expect("packages");
    packages.iter().find(|package| package["name"] == name).expect("the package")
}

fn version(text: &str) -> [u32; 2] {
    let mut parts = text.split('.').map(|part| part.parse().expect("a number"));
    [parts.next().expect("a major version"), parts.next().unwrap_or_default()]
}

fn metadata(options: &[&str]) -> Value {
    let arguments = ["metadata", "--locked", "--offline", "--format-version=1"];
    serde_json::from_str(&cargo(arguments.into_iter().chain(options.iter().copied()))).expect("JSON")
}

fn host() -> String {
    let said = cargo(["-vV"]);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.expect("cargo names its platform").to_owned()
}

fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> String {
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(place("")).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn read(path: &str) -> String {
    fs::read_to_string(place(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn place(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
