//! Several nodes over one store take a new key in the order of docs/settings.md: accepted everywhere first, then signing.

use jwt_auth::clock::Timestamp;
use jwt_auth::keys::Algorithm;
use jwt_auth::store::SqliteStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, Secret, Settings};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::tokens::{pair, pem};
use jwt_auth_tests::{Account, BEGIN, hasher};

const OLD: &str = "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g";
const NEW: &str = "q2wWuG9mJm8m8Q9m0WnqfW2sXy1yqg1v3n6s1mQyX1k";

/// What both nodes share.
struct Service {
    scratch: Scratch,
    address: String,
    clock: ManualClock,
    users: MemoryUsers<Account>,
}

/// A key as it signs, and as nodes that do not sign with it accept it.
struct Key {
    algorithm: Algorithm,
    signs: String,
    accepted: String,
    key_id: Option<&'static str>,
}

#[tokio::test(flavor = "multi_thread")]
async fn from_one_secret_to_another() {
    walk(secret(OLD, None), secret(NEW, None)).await;
    walk(secret(OLD, Some("2026")), secret(NEW, Some("2027"))).await;
    walk(secret(OLD, None), secret(NEW, Some("2027"))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_secret_to_a_key_pair_and_back() {
    for algorithm in [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA] {
        walk(secret(OLD, None), key_pair(algorithm)).await;
        walk(key_pair(algorithm), secret(NEW, Some("2027"))).await;
    }
}

/// The other order: whoever signs with a key that the others do not accept yet logs users out there.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_signs_before_it_is_accepted_is_refused_elsewhere() {
    let service = Service::new();
    let (old, new) = (secret(OLD, None), secret(NEW, None));
    let (one, two) = (service.node(&old, &[]).await, service.node(&new, &[&old]).await);
    let (refresh, access) = login(&two).await;
    assert!(one.authenticate(&access).await.is_err());
    assert!(one.refresh(&refresh, Client::default()).await.is_err());
    assert!(service.scratch.path().exists());
}

/// A lost answer that is asked for again at a node with the other key, by the same client.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_becomes_another_client_by_it() {
    let client = || Client { user_agent: Some("Firefox".to_owned()), ip: Some("192.0.2.1".to_owned()) };
    for (old, new) in [(secret(OLD, None), secret(NEW, None)), (secret(OLD, Some("2026")), secret(NEW, Some("2027")))] {
        let service = Service::new();
        let nodes = [service.node(&old, &[&new]).await, service.node(&new, &[&old]).await];
        for (asked, again) in [(0, 1), (1, 0)] {
            let login = nodes[asked].obtain("ada", Secret::new("lovelace"), client()).await.expect("a login");
            nodes[asked].refresh(login.refresh.expose(), client()).await.expect("a move");
            nodes[again].refresh(login.refresh.expose(), client()).await.expect("the same answer");
            let stranger = Client { ip: Some("198.51.100.1".to_owned()), ..client() };
            let refused = nodes[again].refresh(login.refresh.expose(), stranger).await;
            assert!(matches!(refused, Err(AuthError::RefreshConflict)), "{refused:?}");
        }
    }
}

async fn walk(old: Key, new: Key) {
    let service = Service::new();
    // Each step is taken node by node.
    let steps: [(&Key, &[&Key]); 4] = [(&old, &[]), (&old, &[&new]), (&new, &[&old]), (&new, &[])];
    let mut nodes = [service.node(&old, &[]).await, service.node(&old, &[]).await];
    let mut tokens = vec![login(&nodes[0]).await, login(&nodes[1]).await];
    for (step, (signing, fallback)) in steps.into_iter().enumerate().skip(1) {
        if step == 3 {
            // Nobody has a token of the old key any more: who came meanwhile has a new one, and the others' have ended.
            let Settings { refresh_token_lifetime, leeway, .. } = Settings::new(OLD);
            refresh_all(&nodes, &mut tokens).await;
            service.clock.advance(refresh_token_lifetime / 2);
            refresh_all(&nodes, &mut tokens).await;
            service.clock.advance(refresh_token_lifetime / 2 + leeway);
            refresh_all(&nodes, &mut tokens).await;
        }
        for at in 0..nodes.len() {
            nodes[at] = service.node(signing, fallback).await;
            refresh_all(&nodes, &mut tokens).await;
            tokens.push(login(&nodes[at]).await);
        }
    }
}

/// Every token is good at every node, and what one node makes of it is good at the other.
async fn refresh_all(nodes: &[JwtAuth<Account>; 2], tokens: &mut [(String, String)]) {
    for (refresh, access) in tokens.iter_mut() {
        for (at, node) in nodes.iter().enumerate() {
            let access_token = node.authenticate(access).await;
            let refreshed =
                node.refresh(refresh, Client::default()).await.unwrap_or_else(|error| panic!("{at}: {error:?}"));
            // An access token may have ended of age; the key is never the reason.
            if let Err(error) = access_token {
                assert!(format!("{error:?}").contains("Expired"), "{at}: {error:?}");
            }
            *refresh = refreshed.refresh.expect("it rotates").expose().to_owned();
            *access = refreshed.access.expose().to_owned();
            for node in nodes {
                node.authenticate(access).await.expect("a new token is good everywhere");
            }
        }
    }
}

async fn login(node: &JwtAuth<Account>) -> (String, String) {
    let pair = node.obtain("ada", Secret::new("lovelace"), Client::default()).await.expect("a login");
    (pair.refresh.expose().to_owned(), pair.access.expose().to_owned())
}

impl Service {
    fn new() -> Self {
        let scratch = Scratch::new("new-key");
        let users = MemoryUsers::new(|user: &Account| &user.username);
        users.put(Account {
            id: 1,
            username: "ada".to_owned(),
            password_hash: hasher().hash("lovelace").expect("a hash"),
            is_active: true,
            is_staff: false,
            permissions: Vec::new(),
        });
        let address = scratch.next_database();
        Self { scratch, address, clock: ManualClock::new(Timestamp::from_seconds(BEGIN)), users }
    }

    async fn node(&self, signing: &Key, fallback: &[&Key]) -> JwtAuth<Account> {
        let settings = Settings {
            algorithm: signing.algorithm,
            key_id: signing.key_id.map(str::to_owned),
            fallback_keys: fallback.iter().map(|key| key.accepted.clone().into()).collect(),
            ..Settings::new(signing.signs.clone())
        };
        let store = SqliteStore::connect(&self.address).await.expect("a store");
        let builder = JwtAuth::builder(settings).users(self.users.clone()).store(store);
        builder.clock(self.clock.clone()).password_hasher(hasher()).start().await.expect("a start")
    }
}

fn secret(text: &str, key_id: Option<&'static str>) -> Key {
    Key { algorithm: Algorithm::HS256, signs: text.to_owned(), accepted: text.to_owned(), key_id }
}

fn key_pair(algorithm: Algorithm) -> Key {
    let pair = pair(algorithm);
    Key {
        algorithm,
        signs: pem("PRIVATE KEY", &pair.pkcs8),
        accepted: pem("PUBLIC KEY", &pair.public_info),
        key_id: Some("pair"),
    }
}
