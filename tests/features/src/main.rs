//! Prints what a service over the hardened profile is and answers, a line each: settings, names, who may call what, how requests
//! are answered. No line may change because a feature is switched on, but for those of words, which need theirs.

mod requests;
mod service;
mod words;

use jwt_auth::keys::Algorithm;
use jwt_auth::password::HashFormat;
use jwt_auth::store::MemoryStore;
use jwt_auth::tokens::TokenClass;
use jwt_auth::{JwtAuth, Settings, View};
use service::{KEY, urls};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    settings("new", &Settings::new(KEY));
    settings("verify_only", &Settings::verify_only(Algorithm::HS256, KEY));
    names();
    faults().await;
    words::say().await;
    for row in urls().access_table().to_string().lines() {
        println!("access {row}");
    }
    requests::ask().await;
}

/// A line for each field.
fn settings(name: &str, settings: &Settings) {
    let shown = format!("{settings:#?}");
    let mut field = String::new();
    for line in shown.lines().skip(1) {
        let is_field = line
            .strip_prefix("    ")
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_alphabetic() || first == '_'));
        if is_field {
            if !field.is_empty() {
                println!("setting {name} {field}");
            }
            field.clear();
        }
        if line != "}" {
            field.push_str(line.trim());
        }
    }
    println!("setting {name} {field}");
}

fn names() {
    println!("name views {:?}", View::ALL);
    for class in [TokenClass::Access, TokenClass::Refresh, TokenClass::Sliding, TokenClass::Ticket, TokenClass::Untyped]
    {
        println!("name class {} {:?}", class.name(), class.token_type());
    }
    println!("name hash formats {:?}", HashFormat::ALL);
    println!("name hash formats by name {:?}", HashFormat::ALL.iter().map(|format| format.name()).collect::<Vec<_>>());
    println!("name insecure {:?}", Settings::new(KEY).insecure().iter().map(ToString::to_string).collect::<Vec<_>>());
}

/// What is wrong with settings that a careful reader would not expect to work.
async fn faults() {
    let usual = || Settings::new(KEY);
    for (name, settings) in [
        ("none", usual()),
        ("roles_claim", Settings { roles_claim: "hash_password".to_owned(), ..usual() }),
        ("scope_claim", Settings { scope_claim: "refresh_exp".to_owned(), ..usual() }),
        ("permissions_claim", Settings { permissions_claim: "user_id".to_owned(), ..usual() }),
        ("user_id_claim", Settings { user_id_claim: "sub".to_owned(), ..usual() }),
        ("user_id_field", Settings { user_id_field: "no identifier".to_owned(), ..usual() }),
        ("user_table", Settings { user_table: "accounts".to_owned(), ..usual() }),
        ("username_field", Settings { username_field: "email".to_owned(), ..usual() }),
        ("leeway", Settings { leeway: std::time::Duration::from_secs(900), ..usual() }),
        ("signing_key", Settings::new("short")),
    ] {
        let started = JwtAuth::builder(settings).store(MemoryStore::new()).start().await;
        let said = started.err().map_or_else(|| "starts".to_owned(), |error| format!("{error:?}"));
        println!("fault {name}: {}", said.replace('\n', " "));
    }
    #[cfg(feature = "readme")]
    for format in HashFormat::ALL {
        let settings = Settings { password_hashers: vec![HashFormat::Argon2id, *format], ..usual() };
        let started = JwtAuth::builder(settings).store(MemoryStore::new()).start().await;
        let said = started.err().map_or_else(|| "starts".to_owned(), |error| format!("{error:?}"));
        println!("setting with password_hashers {format}: {}", said.replace('\n', " "));
    }
}
