//! Generated rules against a naive reading of their text, over random grants.

use axum::Router;
use axum::routing::get as plain;
use http::StatusCode;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{IsAdminUser, JwtAuth, Permissions, rule};
use jwt_auth_tests::{Account, App, BEGIN, KEY, get, settings};
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

fn all_rules() -> (GuardedRouter<JwtAuth<Account>>, Vec<String>) {
    mount_rules! {
        { role("site admin") }
        { (!(!(role("r") || Perm::C))) && (scope("b:c") || (!Perm::C && (IsAdminUser || role("site admin")))) }
        { !scope("a") && scope("a") && (Perm::A || role("r")) || role("r") && (scope("a") && Other::D || !Perm::B) && !Perm::A && (Perm::C && Perm::A) }
        { Perm::A || (scope("a") && (role("site admin"))) }
        { Other::D }
        { role("r") || (role("site admin")) && !(role("site admin") && (role("site admin")) || !IsAdminUser) }
        { (role("site admin") && !scope("b:c") && (role("r") && Perm::C)) || IsAdminUser }
        { Perm::A && !(!(!Other::D)) }
        { !(((IsAdminUser && Perm::C) || !role("r")) || role("site admin") || !role("r")) }
        { Perm::B && !(!IsAdminUser) }
        { scope("b:c") }
        { ((!(Other::D && Perm::A)) && ((!role("site admin")) && scope("a") || Perm::B)) && Perm::B && !(!scope("a")) }
        { Perm::A }
        { (!((Perm::C && scope("a")) || (Perm::A || Perm::B))) && (role("site admin") || scope("a")) }
        { role("site admin") && !(!role("r")) && (IsAdminUser || scope("a") && IsAdminUser && Perm::C) }
        { ((IsAdminUser || (role("site admin"))) && scope("b:c") && scope("a")) && (Other::D || role("r")) && Perm::C && scope("b:c") || role("site admin") }
        { ((!scope("a") && Perm::A || Perm::C) && (Perm::C || Other::D && (Perm::A || Perm::B))) && !(Perm::A && scope("b:c") && IsAdminUser) }
        { !(Perm::B && role("site admin") || scope("b:c") && role("r")) && (!(!IsAdminUser) || (IsAdminUser && (role("site admin")) && !Perm::A)) }
        { (((scope("a") && Perm::C) && Perm::C) || scope("b:c")) || role("r") }
        { IsAdminUser || scope("b:c") && !Perm::C && (!scope("a") || Other::D && (role("site admin"))) && (!((Perm::B || scope("a")) || role("r") || Perm::A)) }
        { (Perm::A && Perm::C && IsAdminUser) && scope("b:c") || scope("a") }
        { Perm::B }
        { !(role("r") || !Perm::C) }
        { IsAdminUser || role("r") && Perm::C && role("site admin") || scope("b:c") }
        { scope("a") }
        { !(!(!Perm::B)) && (role("r") || scope("b:c") && (IsAdminUser || Perm::B && !Perm::C)) }
        { !((scope("a") && Perm::C) || Perm::C) && Other::D }
        { (scope("a") && scope("a") && scope("a") || !Perm::B) && !((!role("site admin")) && !role("r")) }
        { !(!(scope("b:c") || scope("b:c"))) }
        { Perm::C && (Perm::B || scope("b:c") || (role("r") || Perm::C) || (Other::D && role("site admin")) || Perm::B) }
        { Perm::C }
        { ((!(Perm::C && Perm::A)) && scope("b:c") || role("r") && scope("b:c") || scope("b:c")) || (!role("r") && (role("r") || Other::D)) && scope("a") }
        { role("r") && !role("r") && !scope("a") || ((IsAdminUser && IsAdminUser) || (Perm::A || Other::D)) }
        { scope("b:c") && (!(!Perm::C || IsAdminUser && Other::D)) }
        { !(!Other::D || Perm::C || role("r") && ((Perm::A || Other::D) || (scope("b:c") || Perm::B))) }
        { !(!(scope("b:c") || Perm::B)) && (IsAdminUser || Perm::C) && !Perm::A && !Perm::C && !Other::D }
        { Other::D && !(!role("r") || (!role("site admin"))) }
        { Perm::C && (!((Perm::C || Perm::A) || Perm::C || role("r"))) }
        { !Perm::A && IsAdminUser && scope("a") || Perm::A || scope("b:c") }
        { Perm::C || scope("a") || (!(!role("site admin"))) && !(!IsAdminUser) }
        { (!((role("site admin")) || Perm::A) && !(Other::D && scope("b:c"))) && Perm::C && !(!Other::D) }
        { !(!Perm::B || !Perm::C) || (scope("b:c") || (IsAdminUser && role("r")) && (IsAdminUser && IsAdminUser || Other::D || Perm::A)) }
        { (!scope("b:c") && IsAdminUser || !(!IsAdminUser)) && Other::D }
        { (IsAdminUser && (Perm::C && scope("b:c")) && role("site admin")) || ((role("site admin")) && IsAdminUser || role("site admin")) || scope("b:c") }
        { (((Perm::C && Perm::B) || !IsAdminUser) && Perm::A || Other::D && (scope("b:c") || role("r"))) && !((IsAdminUser && Other::D) && !role("r")) }
        { IsAdminUser }
        { ((IsAdminUser && Other::D && role("r")) || !role("site admin") && Perm::B || Perm::A) || !role("r") && Perm::C }
        { Perm::B && (!(Perm::A && Perm::A)) && scope("a") || Other::D && role("site admin") && scope("a") }
        { IsAdminUser && ((role("r") || role("r")) || (IsAdminUser && Perm::B) || (!(role("r") && scope("a")))) }
        { ((role("site admin") || role("r") || (Perm::B || role("site admin"))) || role("site admin") && (IsAdminUser && Other::D)) && !role("site admin") }
        { !((Perm::C && IsAdminUser || !scope("b:c")) && (!(Perm::C || Other::D))) }
        { role("site admin") && !(!Perm::A) && (Perm::B || scope("a") && role("site admin")) }
        { ((Perm::C || !Perm::B) || ((IsAdminUser || scope("a")) && (Perm::A || Perm::A))) && (role("site admin")) }
        { (Perm::C && !(!role("site admin"))) || role("r") && Other::D && role("site admin") || !(!Other::D) }
        { ((role("r") || Other::D) || Other::D || (role("site admin")) && (!(IsAdminUser || Other::D))) && Perm::C }
        { scope("a") && (!Other::D || (Perm::C || Perm::B) || scope("a")) }
        { ((!(role("r") || role("r"))) && !(!Other::D)) && !IsAdminUser || (role("r") || IsAdminUser) && !(IsAdminUser && scope("b:c")) }
        { !(!IsAdminUser || !IsAdminUser) && (!((scope("a") || Perm::A) || scope("a") && Perm::A)) }
        { scope("a") && !scope("a") || (Other::D && Other::D) && !(Perm::C || (role("site admin")) && (scope("b:c") && Other::D)) }
        { IsAdminUser || Perm::B }
        { !(!IsAdminUser) }
        { Other::D && Other::D && Other::D && Perm::C && (role("site admin")) || (role("site admin")) }
        { (Perm::B && Perm::C) || Other::D && IsAdminUser && !(Perm::A || Perm::A) || ((scope("b:c") && (scope("b:c") || Perm::B)) || role("r")) }
        { ((Perm::C && IsAdminUser) || scope("a") && scope("a")) && (Perm::A && scope("a")) || Perm::C || !(!role("site admin") || !IsAdminUser) }
        { Perm::C && (Perm::C || (!(scope("a") && Perm::B))) }
        { (!(!Perm::C) || (Perm::A || scope("b:c")) && Other::D) || ((Perm::A || Perm::C && Perm::B) && (IsAdminUser || scope("a") && IsAdminUser || Perm::C)) }
        { role("site admin") || role("site admin") && scope("b:c") || Perm::A && (!(Other::D && Other::D)) || role("r") && (role("site admin")) }
        { (scope("a") || scope("a") && Other::D) && scope("b:c") && IsAdminUser || role("site admin") && IsAdminUser && scope("b:c") }
        { (Perm::A || Other::D) && Perm::A && (Perm::B || Perm::B && (scope("a") || scope("b:c"))) }
        { !(Other::D && Other::D || scope("a")) && (!(!Perm::B) || !(!scope("a"))) }
        { (!(!role("r")) || (role("r") && Perm::B && (IsAdminUser && IsAdminUser))) && (!(IsAdminUser && scope("a") || scope("a") && Perm::A)) }
        { (!((Perm::C && Perm::A) && (Perm::B || scope("b:c")))) && scope("b:c") }
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
