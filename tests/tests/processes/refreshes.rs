//! One token refreshed by three processes at once.

use crate::crew::{Crew, number, on_each_database, say, told};
use jwt_auth::settings::ReusePolicy;
use jwt_auth::{AuthError, Claims, Client, JwtAuth, Settings};
use jwt_auth_tests::KEY;
use jwt_auth_tests::long;
use jwt_auth_tests::sessions::open_any as open;
use std::collections::HashSet;
use std::time::Duration;
use tokio::runtime::Runtime;

/// 63 requests of one client in three processes, as many as there are replays and one: all are answered, with one successor.
#[test]
fn three_processes_refresh_one_token_21_times_each() {
    on_each_database("refreshes", |runtime, _, address| {
        let mut processes = Processes::start(runtime, "recover", address);
        let mut token = processes.first_token();
        for round in 0..rounds(50) {
            let told = processes.refresh(21, &token);
            assert_eq!((told.good, told.conflicts, told.ended), (63, 0, 0), "round {round}");
            let [successor] = told.successors.as_slice() else {
                panic!("{round}: {} successors", told.successors.len())
            };
            token = successor.clone();
        }
    });
}

/// 192 at once are more than the table answers: one move and 64 replays, and whoever waits loses nothing by it.
#[test]
fn three_processes_refresh_one_token_64_times_each() {
    on_each_database("storm", |runtime, _, address| {
        let mut processes = Processes::start(runtime, "recover", address);
        for round in 0..rounds(5) {
            let token = processes.first_token();
            let told = processes.refresh(64, &token);
            assert_eq!((told.good, told.conflicts, told.ended), (65, 127, 0), "round {round}");
            let [successor] = told.successors.as_slice() else {
                panic!("{round}: {} successors", told.successors.len())
            };
            let next = processes.refresh(1, successor);
            assert_eq!((next.good, next.successors.len()), (3, 1), "the session refreshes on");
        }
    });
}

/// Without a grace and without a second chance one is answered, and the others are the proof that the token is in other hands.
#[test]
fn three_processes_refresh_one_token_once_where_reuse_is_theft() {
    on_each_database("theft", |runtime, _, address| {
        let mut processes = Processes::start(runtime, "revoke", address);
        for round in 0..rounds(10) {
            let token = processes.first_token();
            let told = processes.refresh(8, &token);
            assert_eq!((told.good, told.conflicts, told.ended), (1, 0, 23), "round {round}");
            let next = processes.refresh(1, &told.successors[0]);
            assert_eq!((next.good, next.ended), (0, 3), "the session is over");
        }
    });
}

/// In the long version a thousand.
fn rounds(in_short: usize) -> usize {
    if long() { 1000 } else { in_short }
}

/// What a child does: refreshes a token so many times at once, for each line; says how many were answered, were to wait, and were refused, and
/// with what.
pub(crate) async fn child(policy: &str, address: &str) {
    let auth = service(policy, address).await;
    for words in told() {
        let [count, token] = words.as_slice() else { panic!("{words:?}") };
        let tasks: Vec<_> = (0..number(count))
            .map(|_| {
                let (auth, token) = (auth.clone(), token.to_owned());
                tokio::spawn(async move { auth.refresh(&token, client()).await })
            })
            .collect();
        let (mut good, mut conflicts, mut ended, mut successors) = (0, 0, 0, HashSet::new());
        for task in tasks {
            match task.await.expect("a task finishes") {
                Ok(tokens) => {
                    good += 1;
                    successors.insert(tokens.refresh.expect("rotation is on").expose().to_owned());
                }
                Err(AuthError::RefreshConflict) => conflicts += 1,
                Err(AuthError::SessionEnded(_)) => ended += 1,
                Err(other) => panic!("{other:?}"),
            }
        }
        let successors: Vec<_> = successors.into_iter().collect();
        say(format!("got {good} {conflicts} {ended} {}", successors.join(",")));
    }
}

async fn service(policy: &str, address: &str) -> JwtAuth {
    let mut settings = Settings::new(KEY);
    if policy == "revoke" {
        (settings.refresh_reuse_policy, settings.refresh_reuse_grace) = (ReusePolicy::Revoke, Duration::ZERO);
    }
    JwtAuth::builder(settings).store(open(address).await).start().await.expect("starts")
}

fn client() -> Client {
    Client { ip: Some("192.0.2.7".to_owned()), user_agent: Some("one browser".to_owned()) }
}

/// Three processes that refresh as they are told, and a fourth node to log in at.
struct Processes<'a> {
    runtime: &'a Runtime,
    auth: JwtAuth,
    crew: Crew,
}

/// What they got.
struct Told {
    good: u64,
    conflicts: u64,
    ended: u64,
    successors: Vec<String>,
}

impl<'a> Processes<'a> {
    fn start(runtime: &'a Runtime, policy: &str, address: &str) -> Self {
        let auth = runtime.block_on(service(policy, address));
        Self { runtime, auth, crew: Crew::start(policy, address) }
    }

    /// The refresh token of a new login.
    fn first_token(&self) -> String {
        let token = self.auth.refresh_token_for("7", &Claims::new()).expect("a token");
        let tokens = self.runtime.block_on(self.auth.refresh(token.expose(), client())).expect("a session");
        tokens.refresh.expect("rotation is on").expose().to_owned()
    }

    fn refresh(&mut self, count: u64, token: &str) -> Told {
        self.crew.tell(&format!("{count} {token}"));
        let mut told = Told { good: 0, conflicts: 0, ended: 0, successors: Vec::new() };
        let mut successors = HashSet::new();
        for words in self.crew.hear() {
            let [_, good, conflicts, ended, tokens] = words.as_slice() else { panic!("{words:?}") };
            told.good += number(good);
            told.conflicts += number(conflicts);
            told.ended += number(ended);
            successors.extend(tokens.split(',').filter(|token| !token.is_empty()).map(str::to_owned));
        }
        told.successors = successors.into_iter().collect();
        told
    }
}
