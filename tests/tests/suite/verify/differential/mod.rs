//! What others make of the same tokens: jsonwebtoken, and PyJWT, which SimpleJWT asks. Each disagreement is explained by a rule that somebody wrote
//! down, or it is a fault of one of the two.
//!
//! `ODD_TOKENS=10000000` asks jsonwebtoken so many times, and PyJWT every hundredth.

mod explanations;
mod odd_tokens;

use explanations::{Explanation, THEY_ASK_FOR_MORE, WE_ASK_FOR_MORE};
use jsonwebtoken::{DecodingKey, Validation, decode};
use jwt_auth::Settings;
use jwt_auth::clock::Timestamp;
use jwt_auth::keys::Algorithm;
use jwt_auth::verify::Verifier;
use jwt_auth_tests::tokens::{SECRET, settings};
use odd_tokens::OddToken;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

#[test]
fn jsonwebtoken_differs_where_a_rule_says_so() {
    let ours = verifier(settings(Algorithm::HS256));
    let key = DecodingKey::from_secret(SECRET.as_bytes());
    let mut validation = Validation::new(jsonwebtoken::Algorithm::HS256);
    (validation.leeway, validation.validate_nbf) = (30, true);
    validation.set_required_spec_claims(&["exp", "iss", "aud"]);
    validation.set_issuer(&["https://issuer.example"]);
    validation.set_audience(&["api", "admin"]);
    let (mut rules, mut agreed) = (BTreeMap::new(), [0_u64; 2]);
    let wanted = wanted(20_000);
    for number in 0..wanted {
        let now = now();
        let token = OddToken::new(number, now);
        let we = ours.verify(&token.text, Timestamp::from_seconds(now));
        let they = decode::<serde_json::Map<String, serde_json::Value>>(&token.text, &key, &validation);
        let explanations = match (we.is_ok(), they.is_ok()) {
            (both, they) if both == they => {
                agreed[usize::from(both)] += 1;
                continue;
            }
            (false, _) => WE_ASK_FOR_MORE,
            (true, _) => THEY_ASK_FOR_MORE,
        };
        let Some(rule) = explain(&token, explanations) else {
            panic!("token {number}: {we:?} and {they:?}: {} . {} in {}", token.header, token.payload, token.text);
        };
        *rules.entry(rule).or_insert(0_u64) += 1;
    }
    println!("{wanted} tokens, jsonwebtoken: both accept {}, both refuse {}", agreed[1], agreed[0]);
    rules.iter().for_each(|(rule, times)| println!("  {times} differ: {rule}"));
    assert!(agreed.iter().all(|times| *times > wanted / 10) && rules.len() > 8, "{agreed:?} {rules:?}");
}

/// The profile `simple_jwt` judges as PyJWT does, and the hardened one accepts nothing that PyJWT refuses.
#[test]
fn pyjwt_differs_where_a_rule_says_so() {
    let simple = Settings {
        issuer: Some("https://issuer.example".to_owned()),
        audience: vec!["api".to_owned(), "admin".to_owned()].into(),
        ..Settings::simple_jwt(SECRET)
    };
    let (simple, hardened) = (verifier(simple), verifier(settings(Algorithm::HS256)));
    let (now, mut lines) = (now(), String::new());
    for number in 0..wanted(200_000) / 100 {
        let token = OddToken::new(number, now);
        let said = |verifier: &Verifier| match verifier.verify(&token.text, Timestamp::from_seconds(now)) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => format!("{error:?}"),
        };
        let line = serde_json::json!([token.text, said(&simple), said(&hardened)]);
        let _ = writeln!(lines, "{line}");
    }
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("odd_tokens.json");
    fs::write(&file, lines).expect("a file");
    let Some(python) = ["python3", "python"].into_iter().find(|name| runs(name)) else {
        assert!(env::var_os("CI").is_none_or(|value| value != "true"), "Python 3 is not installed");
        return eprintln!("NOT TESTED: Python 3 is not installed; the comparison with PyJWT is skipped");
    };
    let judge = Path::new(env!("CARGO_MANIFEST_DIR")).join("pyjwt/judge.py");
    let output = Command::new(python).arg(judge).arg(&file).output().expect("Python runs");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn explain(token: &OddToken, explanations: &[Explanation]) -> Option<&'static str> {
    explanations.iter().find(|(_, bears_on)| bears_on(token)).map(|(rule, _)| *rule)
}

fn verifier(settings: Settings) -> Verifier {
    Verifier::from_settings(&settings).expect("good keys")
}

fn wanted(unless_told: u64) -> u64 {
    env::var("ODD_TOKENS").map_or(unless_told, |text| text.parse().expect("ODD_TOKENS: a number"))
}

/// Theirs is the system's clock.
pub(super) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
