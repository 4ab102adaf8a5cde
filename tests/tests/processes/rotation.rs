//! A rotation of the signing key over three processes whose clocks are half a minute off to either side.

use crate::crew::{Crew, number, on_each_database, say, told};
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::keys::{Algorithm, KeySchedule, KeyTimes, SigningKey};
use jwt_auth::settings::{hours, minutes, seconds};
use jwt_auth::store::{AnyTokenStore, TokenStore};
use jwt_auth::testing::ManualClock;
use jwt_auth::{Claims, Client, JwtAuth, Settings};
use jwt_auth_tests::odd_store::OddStore;
use jwt_auth_tests::sessions::open_any;
use jwt_auth_tests::{BEGIN, KEY};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// RFC 8037 A.1 and RFC 8410 10.3.
const FIRST: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
const SECOND: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----";

const INTERVAL: Duration = Duration::from_millis(100);

fn settings() -> Settings {
    Settings {
        key_id: Some("2026".to_owned()),
        key_ring: vec![FIRST.into(), SECOND.into()],
        // A token of the fast process shown to the slow one is a minute young.
        leeway: seconds(60),
        revocation_sync_interval: INTERVAL,
        ..Settings::new(KEY)
    }
}

/// What a child does: its clock shows what it is told.
pub(crate) async fn child(address: &str) {
    let clock = ManualClock::new(Timestamp::from_seconds(BEGIN));
    let store = OddStore::new(open_any(address).await);
    let auth: JwtAuth =
        JwtAuth::builder(settings()).store(store.clone()).clock(clock.clone()).start().await.expect("starts");
    for words in told() {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["clock", millis] => {
                let to = Timestamp::from_millis(number(millis));
                clock.pass(to.since(clock.now()));
                say("set".to_owned());
            }
            ["hear"] => {
                store.read_anew().await;
                say("heard".to_owned());
            }
            ["login"] => {
                let token = auth.refresh_token_for("7", &Claims::new()).expect("a token");
                say(refreshed(&auth, token.expose()).await);
            }
            ["refresh", token] => say(refreshed(&auth, token).await),
            ["show", token] => say(match auth.authenticate(token).await {
                Ok(_) => "good".to_owned(),
                Err(error) => format!("refused {error:?}"),
            }),
            other => panic!("{other:?}"),
        }
    }
}

async fn refreshed(auth: &JwtAuth, token: &str) -> String {
    match auth.refresh(token, Client::default()).await {
        Ok(pair) => format!("pair {} {}", pair.refresh.expect("it rotates").expose(), pair.access.expose()),
        Err(error) => format!("refused {error:?}"),
    }
}

struct Service<'a> {
    crew: Crew,
    runtime: &'a Runtime,
    store: AnyTokenStore,
    now: Timestamp,
    turn: usize,
}

impl Service<'_> {
    fn set_clocks(&mut self, now: Timestamp) {
        self.now = now;
        for (child, clock) in self.crew.children.iter_mut().zip([now, now.after(seconds(30)), now.before(seconds(30))])
        {
            child.tell(&format!("clock {}", clock.millis()));
            assert_eq!(child.hear(), ["set"]);
        }
    }

    fn reschedule(&mut self, change: impl FnOnce(KeySchedule, &KeyTimes) -> KeySchedule) {
        self.runtime.block_on(async {
            let before = self.store.key_schedule().await.expect("readable");
            let after = change(before.clone(), &KeyTimes::of(&settings()));
            assert!(self.store.reschedule(before, after, self.now).await.expect("writable"));
        });
    }

    fn hear(&mut self) {
        self.crew.tell("hear");
        assert_eq!(self.crew.hear(), [["heard"], ["heard"], ["heard"]]);
    }

    /// A pair of one of them, each in its turn.
    fn ask(&mut self, line: &str) -> (String, String) {
        self.turn += 1;
        let child = &mut self.crew.children[self.turn % 3];
        child.tell(line);
        let answer = child.hear();
        match answer.as_slice() {
            [word, refresh, access] if word == "pair" => (refresh.clone(), access.clone()),
            _ => panic!("{} {line}: {answer:?}", self.now),
        }
    }

    /// What each says to an access token.
    fn show(&mut self, token: &str) -> [Vec<String>; 3] {
        self.crew.tell(&format!("show {token}"));
        self.crew.hear()
    }
}

#[test]
fn three_processes_change_their_key_and_refuse_nobody() {
    on_each_database("rotation", |runtime, name, address| {
        let store = runtime.block_on(open_any(address));
        let (crew, now) = (Crew::start("rotation", address), Timestamp::from_seconds(BEGIN));
        let mut service = Service { crew, runtime, store, now, turn: 0 };
        service.set_clocks(now);
        let (old, new) = (key(Algorithm::HS256, KEY, Some("2026")), key(Algorithm::EdDSA, FIRST, None));
        let kid = new.verifying_key().thumbprint().expect("public");
        let (active, times) = (now.after(hours(24)), KeyTimes::of(&settings()));
        service.reschedule(|known, times| {
            let known = known.take_over(&old.verifying_key().mark(), "2026", now);
            let known = known.stage(&new.verifying_key().mark(), &kid, now).expect("staged");
            known.activate(&new.verifying_key().mark(), active, times, now).expect("agreed")
        });
        service.hear();
        let removed = active.after(times.kept);
        let near = |at: Timestamp| (0..14).map(move |step| at.before(minutes(1)).after(seconds(10) * step));
        let far = (1..8).map(|step| now.after(hours(6) * step));
        let mut moments: Vec<Timestamp> = near(active).chain(near(removed)).chain(far).collect();
        moments.sort_unstable();
        moments.retain(|at| *at < removed.after(minutes(2)));
        let mut clients: Vec<_> = (0..3).map(|_| service.ask("login")).collect();
        for at in moments {
            service.set_clocks(at);
            for (refresh, access) in &mut clients {
                (*refresh, *access) = service.ask(&format!("refresh {refresh}"));
                assert_eq!(service.show(access), [["good"], ["good"], ["good"]], "{name} {at}");
            }
        }
        let payload = |now: Timestamp| {
            let (iat, exp) = (now.seconds(), now.seconds() + 200);
            format!(r#"{{"token_type":"access","exp":{exp},"iat":{iat},"jti":"f00d","user_id":"7"}}"#)
        };
        for answer in service.show(&old.sign(&payload(service.now))) {
            assert!(answer[0] == "refused" && answer.concat().contains("AlgorithmNotAllowed"), "{name} {answer:?}");
        }

        // The next key is stolen; the one after it signs at once.
        let (refresh, access) = clients.remove(0);
        let next = key(Algorithm::EdDSA, SECOND, None).verifying_key();
        let now = service.now;
        service.reschedule(|known, _| {
            known.stage(&next.mark(), &next.thumbprint().expect("public"), now).expect("staged")
        });
        let begin = Instant::now();
        service.reschedule(|known, times| {
            known.compromise(&new.verifying_key().mark(), &kid, false, times, now).expect("another signs")
        });
        while service.show(&access).iter().any(|answer| answer == &["good"]) {
            assert!(begin.elapsed() < Duration::from_secs(20), "{name}: never heard of");
        }
        println!("{name}: a stolen key refused by three processes after {:?}, interval {INTERVAL:?}", begin.elapsed());
        service.crew.tell(&format!("refresh {refresh}"));
        for answer in service.crew.hear() {
            assert!(answer[0] == "refused" && answer.concat().contains("UnknownKey"), "{name} {answer:?}");
        }
        let (_, access) = service.ask("login");
        assert_eq!(service.show(&access), [["good"], ["good"], ["good"]], "{name}");
    });
}

fn key(algorithm: Algorithm, text: &str, key_id: Option<&str>) -> SigningKey {
    SigningKey::load(algorithm, text, key_id).expect("a key")
}
