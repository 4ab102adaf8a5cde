//! A process that plays clients: honest ones, such as send an older token again, others with the same tokens, and such as log out.

use super::judge::Rules;
use crate::crew::{now, number, say, told};
use jwt_auth::error::{EndReason, TokenError};
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::AnyTokenStore;
use jwt_auth::{AuthError, Client, JwtAuth, Settings};
use jwt_auth_tests::sessions::open_any;
use jwt_auth_tests::{KEY, payload};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Requests of each of two clients in each process.
const REQUESTS: usize = 2;

/// Plays batch after batch: a client or two for each token that it is told, all at once. Says what each session's were told.
pub(crate) async fn child(address: &str) {
    let store = open_any(address).await;
    let mut services = Vec::new();
    for batch in 0..Rules::COUNT {
        services.push(service(AnyTokenStore::clone(&store), Rules::of(batch)).await);
    }
    for words in told() {
        let [batch, tokens] = words.as_slice() else { panic!("{words:?}") };
        let batch = usize::try_from(number(batch)).expect("small");
        let sessions: Vec<_> = tokens
            .split(',')
            .enumerate()
            .map(|(number, token)| {
                // From elsewhere, it is the first generation and says none.
                let known = Arc::new(Mutex::new(vec![(0, token.to_owned())]));
                [0, 1].map(|client| {
                    let chance = Chance::of(&(std::process::id(), batch, number, client));
                    let auth = services[batch % Rules::COUNT].clone();
                    tokio::spawn(play(auth, Arc::clone(&known), chance))
                })
            })
            .collect();
        for clients in sessions {
            let mut events = Vec::new();
            for client in clients {
                events.extend(client.await.expect("a client finishes"));
            }
            say(format!("history {}", events.join(" ")));
        }
    }
}

async fn service(store: AnyTokenStore, rules: Rules) -> JwtAuth {
    let mut settings = Settings::new(KEY);
    if !rules.has_grace {
        settings.refresh_reuse_grace = Duration::ZERO;
    }
    if !rules.recovers {
        settings.refresh_reuse_policy = ReusePolicy::Revoke;
    }
    JwtAuth::builder(settings).store(store).start().await.expect("starts")
}

/// One client; `known` are the tokens of the session that this process has been told, which its clients share as tabs do.
async fn play(auth: JwtAuth, known: Arc<Mutex<Vec<(u64, String)>>>, mut chance: Chance) -> Vec<String> {
    let mut events = Vec::new();
    for _ in 0..REQUESTS {
        let (presented, token) = {
            let known = known.lock().expect("no client panics");
            let back = if chance.below(4) == 0 { chance.below(known.len()) } else { 0 };
            known[known.len() - 1 - back].clone()
        };
        let agent = if chance.below(8) == 0 { "another" } else { "one" };
        let logs_out = chance.below(12) == 0;
        let begun = now();
        let answer = if logs_out { log_out(&auth, &token).await } else { refresh(&auth, &token, agent, &known).await };
        let what = if logs_out { "logout" } else { "refresh" };
        events.push(format!("{what}:{presented}:{begun}:{answer}"));
    }
    events
}

/// When it was answered, and what.
async fn refresh(auth: &JwtAuth, token: &str, agent: &str, known: &Mutex<Vec<(u64, String)>>) -> String {
    let client = Client { ip: None, user_agent: Some(agent.to_owned()) };
    let outcome = auth.refresh(token, client).await;
    let ended = now();
    let answer = match outcome {
        Ok(got) => {
            let text = got.refresh.expect("rotation is on").expose().to_owned();
            let generation: u64 = payload(&text).get("gen").expect("a number").expect("every one of ours says its own");
            let mut digest = DefaultHasher::new();
            text.hash(&mut digest);
            known.lock().expect("no client panics").push((generation, text));
            format!("tokens:{generation}:{}", digest.finish())
        }
        Err(AuthError::RefreshConflict) => "conflict".to_owned(),
        Err(AuthError::SessionEnded(EndReason::TokenReused)) => "reused".to_owned(),
        Err(AuthError::SessionEnded(EndReason::SessionRevoked)) => "revoked".to_owned(),
        Err(other) => panic!("{other:?}"),
    };
    format!("{ended}:{answer}")
}

async fn log_out(auth: &JwtAuth, token: &str) -> String {
    let outcome = auth.blacklist(token).await;
    let ended = now();
    let answer = match outcome {
        Ok(()) => "logged-out",
        Err(AuthError::InvalidToken(TokenError::Blacklisted)) => "revoked",
        Err(other) => panic!("{other:?}"),
    };
    format!("{ended}:{answer}")
}

/// Splitmix: the same for the same session, client and process.
struct Chance(u64);

impl Chance {
    fn of(what: &impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        what.hash(&mut hasher);
        Self(hasher.finish())
    }

    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % count as u64).expect("small")
    }
}
