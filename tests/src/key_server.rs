//! An issuer without a network: its documents, its keys, and what was asked of it.

use crate::tokens::{base64url, pem};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use jwt_auth::jwks::{JwksAnswer, JwksClient, JwksError, JwksRequest};
use jwt_auth::keys::{Algorithm, SigningKey};
use jwt_auth::testing::ManualClock;
use jwt_auth::{JwtAuth, NoUser, Settings};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use tokio::sync::watch;

/// Answers as it was told to, in memory. Clones are the same server.
#[derive(Clone, Debug)]
pub struct KeyServer {
    documents: Arc<Mutex<HashMap<String, Reply>>>,
    asked: Arc<watch::Sender<Vec<String>>>,
    is_open: Arc<watch::Sender<bool>>,
}

/// What a server answers.
#[derive(Clone, Debug)]
pub enum Reply {
    Body(Vec<u8>),
    Cached(Vec<u8>, &'static str),
    Status(u16),
    Redirect,
    Unreachable,
    Panic,
}

impl Default for KeyServer {
    fn default() -> Self {
        Self {
            documents: Arc::default(),
            asked: Arc::new(watch::Sender::default()),
            is_open: Arc::new(watch::Sender::new(true)),
        }
    }
}

impl KeyServer {
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on this is what stands there.
    pub fn put(&self, url: &str, reply: Reply) {
        self.documents.lock().expect("not poisoned").insert(url.to_owned(), reply);
    }

    pub fn put_keys(&self, url: &str, keys: &[&TestKey]) {
        self.put(url, Reply::Body(key_set(keys).into_bytes()));
    }

    /// Whether requests are answered; otherwise they hang until they are.
    pub fn open(&self, is_open: bool) {
        self.is_open.send_replace(is_open);
    }

    /// How many documents were asked for.
    pub fn count(&self) -> usize {
        self.asked.borrow().len()
    }

    /// Which, in order.
    pub fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    /// Waits until so many documents were asked for.
    pub async fn reached(&self, count: usize) {
        self.asked.subscribe().wait_for(|asked| asked.len() >= count).await.expect("the server is here");
    }
}

impl JwksClient for KeyServer {
    async fn fetch(&self, request: JwksRequest<'_>) -> Result<JwksAnswer, JwksError> {
        self.asked.send_modify(|asked| asked.push(request.url.to_owned()));
        self.is_open.subscribe().wait_for(|open| *open).await.expect("the server is here");
        let reply = self.documents.lock().expect("not poisoned").get(request.url).cloned();
        match reply.unwrap_or(Reply::Status(404)) {
            Reply::Body(body) => Ok(JwksAnswer { body, cache_control: None }),
            Reply::Cached(body, header) => Ok(JwksAnswer { body, cache_control: Some(header.to_owned()) }),
            Reply::Status(status) => Err(JwksError::Status(status)),
            Reply::Redirect => Err(JwksError::Redirected),
            Reply::Unreachable => Err(JwksError::Unreachable("nobody there".into())),
            Reply::Panic => panic!("a client that panics"),
        }
    }
}

/// A key of an issuer, of its own for each.
#[derive(Debug)]
pub struct TestKey {
    pub key: SigningKey,
}

impl TestKey {
    /// P-256, which is made in no time.
    pub fn new(key_id: &str) -> Self {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("generates");
        let text = pem("PRIVATE KEY", key.to_pkcs8v1().expect("encodes").as_ref());
        Self { key: SigningKey::load(Algorithm::ES256, &text, Some(key_id)).expect("a good key") }
    }

    /// As it stands in a set.
    pub fn jwk(&self) -> String {
        self.key.verifying_key().to_public_jwk().expect("public")
    }

    /// A token of this payload, under the key's own name.
    pub fn token(&self, payload: &str) -> String {
        self.key.sign(payload)
    }

    /// A token under any header, with a signature of nobody.
    pub fn token_under(&self, header: &str, payload: &str) -> String {
        format!("{}.{}.{}", base64url(header), base64url(payload), base64url([7; 64]))
    }
}

/// A JWK set of these keys.
pub fn key_set(keys: &[&TestKey]) -> String {
    let members: Vec<String> = keys.iter().map(|key| key.jwk()).collect();
    format!(r#"{{"keys":[{}]}}"#, members.join(","))
}

/// The document of an issuer about itself.
pub fn discovery(issuer: &str, jwks_uri: &str) -> Reply {
    let text = serde_json::json!({ "issuer": issuer, "jwks_uri": jwks_uri }).to_string();
    Reply::Body(text.into_bytes())
}

/// An issuer of tokens for the shop, which signs with ES256 as a [`TestKey`] does.
pub fn further(issuer: &str) -> Settings {
    Settings {
        jwk_url: Some(format!("{issuer}keys")),
        algorithm: Algorithm::ES256,
        audience: "shop".into(),
        ..Settings::of_issuer(issuer)
    }
}

/// A service that verifies the tokens of such settings, with its clock.
///
/// # Panics
/// When it does not start.
pub async fn verifying(settings: Settings, server: &KeyServer) -> (JwtAuth<NoUser>, ManualClock) {
    let clock = ManualClock::new(crate::tokens::now());
    let builder = JwtAuth::builder(settings).jwks_client(server.clone()).clock(clock.clone());
    (builder.start().await.expect("good settings"), clock)
}

/// Lets the tasks of this thread go on until it is so.
///
/// # Panics
/// When it never is.
pub async fn until(is_so: impl Fn() -> bool) {
    for _ in 0..100_000 {
        if is_so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it never is so");
}
