use super::*;
use crate::keys::{Algorithm, KeyRing, SigningKey, VerifyingKey};
use crate::settings::Settings;
use std::time::Duration;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

struct Service {
    key: SigningKey,
    verifier: Arc<Verifier>,
    seen: SeenTokens,
}

impl Service {
    fn new(bytes: usize) -> Self {
        let settings = Settings::new("a signing key of these tests, which is long enough for all of them");
        let (key, keys) = KeyRing::from_settings(&settings).expect("a good key").into_parts();
        let verifier = Arc::new(Verifier::new(&settings, keys));
        Self { key: key.expect("it signs"), verifier, seen: SeenTokens::new(bytes) }
    }

    fn token(&self, user: usize, padding: usize) -> String {
        let iat = NOW.seconds();
        self.key.sign(&format!(
            r#"{{"token_type":"access","exp":{},"iat":{iat},"jti":"{user}","user_id":"{user}","pad":"{}"}}"#,
            iat + 300,
            "x".repeat(padding)
        ))
    }

    fn present(&self, text: &str) -> bool {
        let Err(unseen) = self.seen.find(text.as_bytes(), || NOW) else { return true };
        let (verifier, keys) = (Arc::clone(&self.verifier), self.verifier.key_set(NOW));
        let token = verifier.verify(text, NOW).expect("it is good");
        self.seen.keep(unseen, text, &token, || Seen { token: token.clone(), verifier, keys });
        false
    }

    fn used(&self) -> usize {
        let entries = self
            .seen
            .places
            .iter()
            .map(|place| place.entry.read().expect("nobody panicked").as_ref().map_or(0, |entry| entry.bytes));
        let used = self.seen.used.load(Ordering::Relaxed);
        assert_eq!(entries.sum::<usize>(), used, "what is counted is what is there");
        used
    }
}

#[test]
fn a_flood_stays_within_the_bytes_and_pushes_nobody_out() {
    // In the long version a million, and the default size, which is not counted each time.
    let is_long = std::env::var_os("LONG_TESTS").is_some_and(|value| value == "1");
    let (tokens, bytes, looks) = if is_long { (1_000_000, 4 << 20, 997) } else { (20_000, 256 << 10, 1) };
    let service = Service::new(bytes);
    let owner = service.token(0, 0);
    assert!(!service.present(&owner));
    for user in 1..tokens {
        assert!(!service.present(&service.token(user, user % 900)));
        assert!(user % looks > 0 || service.used() <= service.seen.most, "after {user}");
        assert!(service.present(&owner), "after {user}");
    }
}

#[test]
fn what_comes_twice_gets_in_when_it_is_full() {
    let service = Service::new(64 << 10);
    for user in 0..5000 {
        service.present(&service.token(user, 100));
    }
    let newcomer = service.token(9999, 100);
    assert!(!service.present(&newcomer) && !service.present(&newcomer));
    assert!(service.present(&newcomer));
    assert!(service.used() <= service.seen.most);
}

#[test]
fn other_keys_make_every_entry_void() {
    let service = Service::new(64 << 10);
    let token = service.token(1, 0);
    service.present(&token);
    assert!(service.present(&token));
    service.verifier.replace_keys(service.verifier.keys());
    assert!(!service.present(&token), "even the same ones, put there anew");
    assert!(service.present(&token));
    let another = VerifyingKey::load(Algorithm::HS256, "another key, which is as long as keys have to be", None);
    service.verifier.replace_keys(vec![another.expect("a good key")]);
    assert!(service.seen.find(token.as_bytes(), || NOW).is_err());
}

#[test]
fn times_are_judged_each_time() {
    let service = Service::new(64 << 10);
    let token = service.token(1, 0);
    service.present(&token);
    let leeway = Duration::from_secs(30);
    let ends = NOW.after(Duration::from_secs(300));
    for (now, is_found) in [
        (NOW.before(leeway), true),
        (NOW.before(leeway + Duration::from_secs(1)), false),
        (ends.after(leeway).before(Duration::from_millis(1)), true),
        (ends.after(leeway), false),
    ] {
        assert_eq!(service.seen.find(token.as_bytes(), || now).is_ok(), is_found, "{now}");
    }
}

#[test]
fn the_longest_tokens_do_not_crowd_out_the_others() {
    let service = Service::new(64 << 10);
    let long = service.token(1, 5000);
    assert!(!service.present(&long) && !service.present(&long) && !service.present(&long));
    assert_eq!(service.used(), 0);
}
