//! Generated rules against a naive reading of their text, over random grants.

mod generated;

use generated::all_rules;
use http::StatusCode;
use jwt_auth::Permissions;
use jwt_auth_tests::{App, BEGIN, KEY, get, settings};
use serde_json::json;

#[derive(Permissions)]
enum Perm {
    A,
    B,
    C,
}

#[derive(Permissions)]
enum Other {
    D,
}

/// Every grant that a rule below names, and how a token carries it.
const GRANTS: [(&str, &str, &str); 9] = [
    ("Perm::A", "permissions", "a"),
    ("Perm::B", "permissions", "b"),
    ("Perm::C", "permissions", "c"),
    ("Other::D", "permissions", "d"),
    ("scope(\"a\")", "scope", "a"),
    ("scope(\"b:c\")", "scope", "b:c"),
    ("role(\"r\")", "roles", "r"),
    ("role(\"site admin\")", "roles", "site admin"),
    ("IsAdminUser", "is_staff", ""),
];

/// Mounts each rule at its number, and keeps its text.
macro_rules! mount_rules {
    ($({ $($rule:tt)* })*) => {{
        let mut router: GuardedRouter<JwtAuth<Account>> = GuardedRouter::new();
        let mut texts: Vec<String> = Vec::new();
        $(
            let inner = Router::new().route("/", plain("in"));
            router = router.mount(&format!("/{}", texts.len()), rule!($($rule)*), inner);
            texts.push(stringify!($($rule)*).split_whitespace().collect::<String>().replace("siteadmin", "site admin"));
        )*
        (router, texts)
    }};
}
use mount_rules;

#[tokio::test]
async fn rules_decide_as_their_text_reads() {
    let (router, texts) = all_rules();
    let app = App::stateless(settings()).await;
    let router = router.with_state(app.auth.clone());
    let mut granted = 0;
    let mut random = Random(9068);
    for round in 0..64 {
        let held: Vec<bool> = GRANTS.iter().map(|_| random.next().is_multiple_of(2)).collect();
        let header = format!("Bearer {}", token(&held, round % 2 == 0));
        for (number, text) in texts.iter().enumerate() {
            let answer = get(&router, &format!("/{number}"), Some(&header)).await;
            let expected = if reads_true(text, &held) { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(answer.status, expected, "{text} with {held:?}");
            granted += usize::from(answer.status == StatusCode::OK);
        }
    }
    let judged = 64 * texts.len();
    assert!(texts.len() >= 300, "{} rules", texts.len());
    assert!(granted > judged / 10 && granted < judged * 9 / 10, "{granted} of {judged}: one-sided rules prove little");
}

#[tokio::test]
async fn nobody_passes_without_grants() {
    let (router, texts) = all_rules();
    let app = App::stateless(settings()).await;
    let router = router.with_state(app.auth.clone());
    let header = format!("Bearer {}", token(&[false; 9], true));
    for number in 0..texts.len() {
        assert_eq!(get(&router, &format!("/{number}"), Some(&header)).await.status, StatusCode::FORBIDDEN);
        assert_eq!(get(&router, &format!("/{number}"), None).await.status, StatusCode::UNAUTHORIZED);
    }
}

/// What the macros write in place of a rule they could not read.
#[tokio::test]
async fn nobody_passes_a_rule_with_a_mistake() {
    use jwt_auth::__private_0_1_0::{And, IsAuthenticated, Nobody, Not, Or, RuleValue};
    let inner = || axum::Router::new().route("/", axum::routing::get("in"));
    let router = jwt_auth::routing::GuardedRouter::new()
        .mount("/0", RuleValue::<Nobody>::NEW, inner())
        .mount("/1", RuleValue::<And<Nobody, IsAuthenticated>>::NEW, inner())
        .mount("/2", RuleValue::<And<Nobody, Or<IsAuthenticated, Nobody>>>::NEW, inner())
        .mount("/3", RuleValue::<And<Nobody, Not<Nobody>>>::NEW, inner())
        .with_state(App::stateless(settings()).await.auth);
    let header = format!("Bearer {}", token(&[true; 9], true));
    for number in 0..4 {
        assert_eq!(get(&router, &format!("/{number}"), Some(&header)).await.status, StatusCode::FORBIDDEN, "{number}");
    }
}

/// A token with these of the [`GRANTS`]; scopes as one string or as an array.
fn token(held: &[bool], words: bool) -> String {
    let names = |claim: &str| -> Vec<&str> {
        let held = GRANTS.iter().zip(held).filter(|(grant, held)| grant.1 == claim && **held);
        held.map(|(grant, _)| grant.2).collect()
    };
    let scope = if words { json!(names("scope").join(" ")) } else { json!(names("scope")) };
    let claims = json!({
        "token_type": "access", "exp": BEGIN + 300, "iat": BEGIN, "jti": "00112233445566778899aabbccddeeff", "user_id": "1",
        "permissions": names("permissions"), "scope": scope, "roles": names("roles"), "is_staff": !names("is_staff").is_empty(),
    });
    let key = jsonwebtoken::EncodingKey::from_secret(KEY.as_bytes());
    jsonwebtoken::encode(&jsonwebtoken::Header::default(), &claims, &key).expect("a token")
}

/// The slow way: split at the outermost `||`, then `&&`, then `!`.
fn reads_true(text: &str, held: &[bool]) -> bool {
    if let Some(parts) = split(text, "||") {
        return parts.iter().any(|part| reads_true(part, held));
    }
    if let Some(parts) = split(text, "&&") {
        return parts.iter().all(|part| reads_true(part, held));
    }
    if let Some(negated) = text.strip_prefix('!') {
        return !reads_true(negated, held);
    }
    if let Some(inside) = text.strip_prefix('(').and_then(|text| text.strip_suffix(')')) {
        return reads_true(inside, held);
    }
    let grant = GRANTS.iter().position(|(name, _, _)| *name == text);
    held[grant.unwrap_or_else(|| panic!("no grant is called {text:?}"))]
}

/// The parts between an operator outside of parentheses; `None` when it does not occur there.
fn split<'t>(text: &'t str, operator: &str) -> Option<Vec<&'t str>> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && at >= start && text[at..].starts_with(operator) => {
                parts.push(&text[start..at]);
                start = at + operator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (parts.len() > 1).then_some(parts)
}

/// The same numbers on every run (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }
}
