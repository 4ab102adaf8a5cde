//! Tokens that a test wants, good ones and bad ones.

use crate::auth::JwtAuth;
use crate::base64url;
use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::keys::SigningKey;
use crate::permissions::PermissionSet;
use crate::settings::{Audience, Settings};
use crate::store::SessionId;
use crate::tokens::TokenClass;
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;

/// A token to be minted: of a user with permissions, of a session, expired, with any claim and any header.
///
/// It begins as one that the `JwtAuth` it is signed for would issue at that moment; what is set afterwards takes the place of it. To a user
/// whom the user store has, that is one with their claims, permissions and roles: [`TestApp`](super::TestApp) asks the store,
/// [`of_user`](Self::of_user) does so elsewhere.
///
/// ```
/// # use jwt_auth::{JwtAuth, Permissions, Secret, Settings, testing::TestToken};
/// # #[derive(Permissions, Clone, Copy)] enum Perm { OrdersWrite }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let settings = Settings { rotate_refresh_tokens: false, ..Settings::new(Secret::generate().unwrap()) };
/// # let auth: JwtAuth = JwtAuth::builder(settings).start().await.unwrap();
/// let good = TestToken::access("7").permission(&Perm::OrdersWrite).claim("tenant", "acme").sign(&auth);
/// let expired = TestToken::access("7").claim("exp", 1).sign(&auth);
/// let anonymous = TestToken::access("7").without("user_id").sign(&auth);
/// assert!(auth.authenticate(&good).await.is_ok());
/// assert!(auth.authenticate(&expired).await.is_err());
/// # let _ = anonymous;
/// # });
/// ```
#[derive(Clone, Debug)]
pub struct TestToken {
    class: TokenClass,
    user_id: String,
    grants: Vec<(Grant, String)>,
    /// In the order in which they were said.
    changes: Vec<Change>,
    header: Claims,
    key: Option<Arc<SigningKey>>,
    /// What the user store says of the user.
    facts: Claims,
}

/// A list that a rule reads, by whichever claim the settings name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grant {
    Permission,
    Scope,
    Role,
}

#[derive(Clone, Debug)]
enum Change {
    Set(Claims),
    Remove(String),
    /// `exp`, so much later than now.
    LivesFor(Duration),
}

impl TestToken {
    /// An access token of this user.
    pub fn access(user_id: impl Into<String>) -> Self {
        Self::of(TokenClass::Access, user_id)
    }

    /// A refresh token of this user that belongs to no session: as one from elsewhere.
    pub fn refresh(user_id: impl Into<String>) -> Self {
        Self::of(TokenClass::Refresh, user_id)
    }

    /// A token of any class.
    pub fn of(class: TokenClass, user_id: impl Into<String>) -> Self {
        let user_id = user_id.into();
        let (header, facts) = (Claims::new(), Claims::new());
        Self { class, user_id, grants: Vec::new(), changes: Vec::new(), header, key: None, facts }
    }

    /// With what the user store of this `JwtAuth` says of the user, as a login would put it into the token: claims
    /// ([`User::claims`](crate::User::claims), [`UserStore::claims`](crate::UserStore::claims)), permissions, `is_staff`. Only access and sliding
    /// tokens say it, and only of users who are there. What the test says takes the place of it.
    ///
    /// # Panics
    /// When the user store fails.
    #[must_use]
    pub async fn of_user<U: Send + Sync + 'static>(mut self, auth: &JwtAuth<U>) -> Self {
        if let Some(users) = auth.parts().users.as_deref().filter(|_| self.class != TokenClass::Refresh) {
            let found = users.find_by_id(&self.user_id).await;
            if let Some(user) = found.unwrap_or_else(|error| panic!("the user store fails: {error:?}")) {
                self.facts = match users.facts(&user).await.and_then(|facts| auth.claims_of(&facts)) {
                    Ok(facts) => facts,
                    Err(error) => panic!("the user store fails: {error:?}"),
                };
            }
        }
        self
    }

    /// Grants a permission: `Perm::X`.
    #[must_use]
    pub fn permission(self, permission: &impl PermissionSet) -> Self {
        self.grant(Grant::Permission, permission.name())
    }

    /// Grants a scope.
    #[must_use]
    pub fn scope(self, scope: &str) -> Self {
        self.grant(Grant::Scope, scope)
    }

    /// Grants a role.
    #[must_use]
    pub fn role(self, role: &str) -> Self {
        self.grant(Grant::Role, role)
    }

    /// Says that the user is staff.
    #[must_use]
    pub fn staff(self) -> Self {
        self.claim("is_staff", true)
    }

    /// Says when the user last proved who they are (`auth_time`).
    #[must_use]
    pub fn authenticated_at(self, moment: Timestamp) -> Self {
        self.claim("auth_time", moment.seconds())
    }

    /// Expires so long from now.
    #[must_use]
    pub fn lives_for(mut self, life: Duration) -> Self {
        self.changes.push(Change::LivesFor(life));
        self
    }

    /// Sets any claim, also one that tokens have anyway.
    ///
    /// # Panics
    /// When the value is no JSON.
    #[must_use]
    #[track_caller]
    pub fn claim(mut self, name: &str, value: impl Serialize) -> Self {
        self.changes.push(Change::Set(one(name, value)));
        self
    }

    /// Leaves a claim out.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.changes.push(Change::Remove(name.to_owned()));
        self
    }

    /// Sets a member of the header, as `alg` or `kid`. The signature stays that of the key.
    ///
    /// # Panics
    /// When the value is no JSON.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &str, value: impl Serialize) -> Self {
        self.header.extend(&one(name, value));
        self
    }

    /// Signs with another key than that of the `JwtAuth`: a stranger's, or that of an issuer whose tokens are only verified.
    #[must_use]
    pub fn key(mut self, key: SigningKey) -> Self {
        self.key = Some(Arc::new(key));
        self
    }

    /// Makes it, at the present moment of this `JwtAuth`.
    ///
    /// # Panics
    /// When the `JwtAuth` has no signing key and none was given.
    #[track_caller]
    pub fn sign<U: Send + Sync + 'static>(&self, auth: &JwtAuth<U>) -> String {
        let own = || auth.parts().issuer.as_ref()?.key().ok();
        let key = self.key.as_deref().or_else(own);
        let key = key.expect("a `JwtAuth` that only verifies has no key to sign with: give one with `TestToken::key`");
        let payload = self.claims(auth.settings(), auth.now()).to_json();
        if self.header.is_empty() {
            return key.sign(&payload);
        }
        let mut header = one("alg", key.algorithm().name());
        header.extend(&one("typ", "JWT"));
        header.extend(&self.header);
        key.sign_under(&base64url::encode(header.to_json()), &payload)
    }

    fn claims(&self, settings: &Settings, now: Timestamp) -> Claims {
        let life = match self.class {
            TokenClass::Refresh => settings.refresh_token_lifetime,
            _ => settings.access_token_lifetime,
        };
        let mut claims = Claims::new();
        if let (Some(name), Some(kind)) = (&settings.token_type_claim, self.class.token_type()) {
            claims.extend(&one(name, kind));
        }
        claims.extend(&one("exp", now.after(life).seconds()));
        claims.extend(&one("iat", now.seconds()));
        if let Some(name) = &settings.jti_claim {
            let id = SessionId::random().expect("the operating system has random numbers");
            claims.extend(&one(name, id.to_string()));
        }
        claims.extend(&one(&settings.user_id_claim, &self.user_id));
        for (name, value) in self.facts.members().filter(|(name, _)| !claims.contains(name)).collect::<Vec<_>>() {
            claims.insert_raw(name, value.to_owned());
        }
        for (grant, name) in [
            (Grant::Permission, &settings.permissions_claim),
            (Grant::Scope, &settings.scope_claim),
            (Grant::Role, &settings.roles_claim),
        ] {
            let granted: Vec<_> = self.grants.iter().filter(|(kind, _)| *kind == grant).map(|(_, name)| name).collect();
            if !granted.is_empty() {
                claims.extend(&one(name, granted));
            }
        }
        match &settings.audience {
            Audience::List(names) if names.is_empty() => {}
            Audience::List(names) => claims.extend(&one("aud", names)),
            Audience::One(name) => claims.extend(&one("aud", name)),
        }
        if let Some(issuer) = &settings.issuer {
            claims.extend(&one("iss", issuer));
        }
        for change in &self.changes {
            match change {
                Change::Set(claim) => claims.extend(claim),
                Change::Remove(name) => drop(claims.remove(name)),
                Change::LivesFor(life) => claims.extend(&one("exp", now.after(*life).seconds())),
            }
        }
        claims
    }

    fn grant(mut self, grant: Grant, name: &str) -> Self {
        self.grants.push((grant, name.to_owned()));
        self
    }
}

#[track_caller]
fn one(name: &str, value: impl Serialize) -> Claims {
    let mut claims = Claims::new();
    claims.insert(name, value).expect("a claim of a test is JSON");
    claims
}
