//! What only Django has, and keys that are fetched, by their words: each is known, and refused where its feature is off.

use crate::service::{Account, KEY};
use jwt_auth::routing::GuardedRouter;
use jwt_auth::settings::{Profile, StoreKind, minutes};
use jwt_auth::store::MemoryStore;
use jwt_auth::tokens::TokenClass;
use jwt_auth::{JwtAuth, Settings, TokenRoutes, View};
use std::panic::catch_unwind;

/// A line for each.
pub async fn say() {
    let usual = || Settings::new(KEY);
    let in_code = [
        ("profile", Settings { profile: Profile::SimpleJwt, ..usual() }),
        ("profile (6)", Settings { profile: Profile::SimpleJwt6, ..usual() }),
        ("store", Settings { store: StoreKind::Django, ..usual() }),
        (
            "auth_token_classes",
            Settings { auth_token_classes: vec![TokenClass::Access, TokenClass::Sliding], ..usual() },
        ),
        ("sliding_token_lifetime", Settings { sliding_token_lifetime: minutes(6), ..usual() }),
        ("sliding_token_refresh_lifetime", Settings { sliding_token_refresh_lifetime: minutes(6), ..usual() }),
        ("sliding_token_refresh_exp_claim", Settings { sliding_token_refresh_exp_claim: "end".to_owned(), ..usual() }),
        ("check_revoke_token", Settings { check_revoke_token: true, ..usual() }),
        ("revoke_token_claim", Settings { revoke_token_claim: "mark".to_owned(), ..usual() }),
        // Nobody is there, which keeps no service from starting.
        ("jwk_url", Settings { jwk_url: Some("http://127.0.0.1:1/".to_owned()), ..Settings::of_issuer("http://a.test/") }),
        ("issuer", Settings::of_issuer("http://127.0.0.1:1/")),
    ];
    for (setting, settings) in in_code {
        let started = JwtAuth::builder(settings).store(MemoryStore::new()).start().await;
        println!("word code {setting}: {}", said(started.err()));
    }
    for (variable, value) in [
        ("PROFILE", "simple_jwt"),
        ("PROFILE", "simple_jwt_6"),
        ("STORE", "django"),
        ("AUTH_TOKEN_CLASSES", "SlidingToken"),
        ("SLIDING_TOKEN_LIFETIME", "6m"),
        ("SLIDING_TOKEN_REFRESH_LIFETIME", "6m"),
        ("SLIDING_TOKEN_REFRESH_EXP_CLAIM", "end"),
        ("CHECK_REVOKE_TOKEN", "true"),
        ("REVOKE_TOKEN_CLAIM", "mark"),
    ] {
        let vars = [("SIGNING_KEY", KEY), (variable, value)];
        let vars = vars.map(|(name, value)| (format!("JWT_AUTH_{name}"), value.to_owned()));
        println!("word variable {} {value}: {}", variable.to_lowercase(), said(Settings::from_vars(vars).err()));
    }
    // The panic is the answer; the line of the hook would say it once more.
    std::panic::set_hook(Box::new(|_| {}));
    for view in [View::ObtainSliding, View::RefreshSliding] {
        let attached = catch_unwind(|| {
            TokenRoutes::at("/api/token").only([view]).attach_to(GuardedRouter::<JwtAuth<Account>>::new());
        });
        let text = |panic: Box<dyn std::any::Any + Send>| {
            panic.downcast_ref::<&str>().map_or("?".to_owned(), |text| (*text).to_owned())
        };
        println!("word view {view:?}: {}", attached.err().map_or("starts".to_owned(), text));
    }
    let _ = std::panic::take_hook();
}

fn said(error: Option<impl std::fmt::Debug>) -> String {
    error.map_or_else(|| "starts".to_owned(), |error| format!("{error:?}").replace('\n', " "))
}
