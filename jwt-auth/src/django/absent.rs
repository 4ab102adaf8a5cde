//! In place of this folder, where the feature `django` is off: its words are known and refused, and nothing in here does anything.

pub(crate) use crate::settings::profile::{HARDENED as RULES, HARDENED as RULES_6};

use crate::auth::JwtAuth;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::error::{AuthError, StoreError, TokenError};
use crate::flows::Refreshed;
use crate::http::routes::Answer;
use crate::http::view::View;
use crate::http::view_protocol::{Json, ViewProtocol};
#[cfg(feature = "openapi")]
use crate::http::views::operations::TokenOperation;
#[cfg(feature = "password")]
use crate::password::scheme::Scheme;
use crate::revocation::ClockCheck;
use crate::settings::{Profile, Settings, SettingsFault, StoreKind};
use crate::tokens::{TokenClass, TokenPair};
use crate::verify::VerifiedToken;
use crate::verify::policy::{Policy, Strict};

#[cfg(feature = "password")]
pub(crate) const SCHEMES: [&dyn Scheme; 0] = [];
pub(crate) const PROTOCOL: &dyn ViewProtocol = &Json;
pub(crate) const POLICY: &dyn Policy = &Strict;

/// The settings that ask for what this build does not have, each with what to write instead.
pub(crate) fn without_deed(settings: &Settings) -> Vec<(&'static str, &'static str)> {
    let usual = Settings::new("");
    let remedy = "switch that feature of `jwt-auth` on, or leave it out";
    let asked = [
        (settings.profile != Profile::Hardened, "profile", "switch that feature of `jwt-auth` on, or write `hardened`"),
        (settings.store == StoreKind::Django, "store", "switch that feature of `jwt-auth` on, or write `native`"),
        (
            settings.auth_token_classes.contains(&TokenClass::Sliding),
            "auth_token_classes",
            "switch that feature of `jwt-auth` on, or remove `SlidingToken`",
        ),
        (settings.sliding_token_lifetime != usual.sliding_token_lifetime, "sliding_token_lifetime", remedy),
        (
            settings.sliding_token_refresh_lifetime != usual.sliding_token_refresh_lifetime,
            "sliding_token_refresh_lifetime",
            remedy,
        ),
        (
            settings.sliding_token_refresh_exp_claim != usual.sliding_token_refresh_exp_claim,
            "sliding_token_refresh_exp_claim",
            remedy,
        ),
        (settings.check_revoke_token, "check_revoke_token", remedy),
        (settings.revoke_token_claim != usual.revoke_token_claim, "revoke_token_claim", remedy),
    ];
    asked.into_iter().filter(|(asks, ..)| *asks).map(|(_, name, remedy)| (name, remedy)).collect()
}

/// No builder takes tables of SimpleJWT's.
#[derive(Default)]
pub(crate) struct Tables(());

impl Tables {
    pub(crate) const fn are_given(&self) -> bool {
        false
    }

    pub(crate) fn faults(&self, _: &Settings, _: bool) -> [SettingsFault; 0] {
        []
    }
}

/// No token is noted by itself.
pub(crate) struct Ledger;

/// A ledger in place of sessions, which there is none of.
pub(crate) enum Alone {}

impl Ledger {
    pub(crate) fn new(_: Tables, _: &Settings, _: bool) -> Self {
        Self
    }

    pub(crate) const fn alone(&self) -> Option<&Alone> {
        None
    }

    pub(crate) const fn knows(_: TokenClass) -> bool {
        false
    }

    pub(crate) async fn objection(&self, _: &VerifiedToken, _: TokenClass) -> Result<Option<TokenError>, StoreError> {
        Ok(None)
    }

    pub(crate) async fn health(&self, _: &ClockCheck) -> Result<(), StoreError> {
        Ok(())
    }
}

impl Alone {
    pub(crate) async fn open<U>(
        &self,
        _: &JwtAuth<U>,
        _: &U,
        _: &Claims,
        _: Timestamp,
    ) -> Result<TokenPair, AuthError> {
        match *self {}
    }

    pub(crate) async fn refresh<U>(&self, _: &JwtAuth<U>, _: &str) -> Result<Refreshed, AuthError> {
        match *self {}
    }

    pub(crate) async fn verify<U>(&self, _: &JwtAuth<U>, _: &str) -> Result<(), AuthError> {
        match *self {}
    }

    pub(crate) async fn end<U>(&self, _: &JwtAuth<U>, _: &str) -> Result<(), AuthError> {
        match *self {}
    }
}

/// Tokens say nothing of passwords.
pub(crate) const fn password_mark(_: &str) -> Option<String> {
    None
}

#[track_caller]
pub(crate) fn sliding_view<S>(_: View) -> Answer<S> {
    panic!("the views of sliding tokens need the feature `django` of `jwt-auth`")
}

#[cfg(feature = "openapi")]
#[track_caller]
pub(crate) fn sliding_operation(_: View) -> TokenOperation {
    panic!("the views of sliding tokens need the feature `django` of `jwt-auth`")
}
