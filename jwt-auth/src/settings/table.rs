//! The one table of settings: a new setting is a row here, a row in each table of the tests, and a line of the docs page.

use super::input::{Input, InputError};
use super::names::{header_name, token_class};
use super::{Network, PermissionsSource, Profile, ReusePolicy, SameSite, Settings, StoreKind};
use std::time::Duration;

/// One setting: how it is called, what it means, and how a value gets into [`Settings`].
pub(super) struct Setting {
    /// The name of the field; in the environment `JWT_AUTH_` and this in upper case.
    pub(super) name: &'static str,
    /// One line for the docs page.
    pub(super) summary: &'static str,
    /// Reads the value and puts it into the field.
    pub(super) set: Set,
    /// For keys: the same from the file that `<name>_file` names.
    pub(super) set_from_file: Option<Set>,
}

type Set = fn(&mut Settings, &Input) -> Result<(), InputError>;

/// The setting of this lower-case name; with `true` when the name is its `_file` form.
pub(super) fn find(name: &str) -> Option<(&'static Setting, bool)> {
    let of = |name: &str| TABLE.iter().find(|row| row.name == name);
    let file = || of(name.strip_suffix("_file")?).filter(|row| row.set_from_file.is_some());
    of(name).map(|row| (row, false)).or_else(|| file().map(|row| (row, true)))
}

macro_rules! table {
    ($($(#[$cfg:meta])? $name:ident: $read:expr $(, file: $file:expr)?; $summary:literal)+) => {
        &[$($(#[$cfg])? Setting {
            name: stringify!($name),
            summary: $summary,
            set: |settings, input| {
                settings.$name = ($read)(input)?;
                Ok(())
            },
            set_from_file: table!(@file $name $($file)?),
        }),+]
    };
    (@file $name:ident) => { None };
    (@file $name:ident $file:expr) => {
        Some(|settings, input| {
            settings.$name = ($file)(input)?;
            Ok(())
        })
    };
}

/// Every setting, in the order of the fields.
pub(super) const TABLE: &[Setting] = table! {
    profile: profile;
        "The set of defaults and the strictness: `hardened`, `simple_jwt` or `simple_jwt_6`."
    access_token_lifetime: Input::duration;
        "How long an access token is valid."
    refresh_token_lifetime: Input::duration;
        "How long a refresh token is valid, and a session lives unused."
    rotate_refresh_tokens: Input::boolean;
        "Whether a refresh also answers a new refresh token. Needs a store."
    blacklist_after_rotation: Input::boolean;
        "Whether a refresh token is spent by its use. Stays on while tokens rotate."
    update_last_login: Input::boolean;
        "Whether a login writes the time to the user store."
    algorithm: algorithm;
        "The algorithm that signs and, but for fallback keys of another, the one that is accepted: HS256, HS384, HS512, RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384 or EdDSA."
    signing_key: |input: &Input| input.optional(Input::key), file: |input: &Input| input.key_file().map(Some);
        "The HMAC secret, or the private key as PEM."
    verifying_key: verifying_key, file: |input: &Input| input.key_file().map(Some);
        "The public key as PEM; taken from the private key when left out."
    key_ring: Input::keys, file: Input::key_files;
        "The private keys that `jwt-auth keys` rotates through, as PEM: each signs when its time has come. Beside a `signing_key`."
    jwk_url: |input: &Input| input.optional(Input::text);
        "Where another issuer publishes its public keys, in place of a `verifying_key`; found by `issuer` when there is no key at all."
    jwk_algorithms: |input: &Input| input.list()?.iter().map(|name| algorithm_named(name)).collect::<Result<Vec<_>, _>>();
        "The algorithms of fetched keys beside `algorithm`, for an issuer that signs with several."
    jwk_cache_ttl: Input::duration;
        "How old fetched keys become where the answer has no `max-age`; 1 minute to 1 hour."
    jwk_cooldown: Input::duration;
        "How long nothing is fetched from an issuer after a try; 1 second to 1 hour."
    jwk_refetch_on_bad_signature: Input::boolean;
        "Whether keys are fetched, once in a cool-down, when a signature is not the known key's: for issuers that use a name twice."
    jwk_allow_http: Input::boolean;
        "Whether keys may be fetched without TLS from other machines too."
    jwk_ca_file: |input: &Input| Ok(input.optional(Input::text)?.map(Into::into));
        "The certificates (PEM) of the authorities of issuers, in place of the operating system's."
    fallback_keys: Input::keys, file: Input::key_files;
        "Other keys whose tokens are accepted, older ones or the next: secrets or public keys, of any algorithm."
    key_id: |input: &Input| input.optional(Input::text);
        "The `kid` in the header of issued tokens."
    audience: Input::audience;
        "The `aud` of issued tokens; accepted tokens must name one of them, and without it must name none."
    audience_claim: Input::text;
        "The claim that names whom a token is for, where another issuer has it elsewhere than in `aud`."
    issuer: |input: &Input| input.optional(Input::text);
        "The `iss` of issued tokens, which accepted tokens must have."
    leeway: leeway;
        "How far clocks may differ when `exp`, `nbf` and `iat` are judged; at most 5 minutes."
    max_token_bytes: Input::count;
        "The longest token that is looked at, in bytes; 512 to 65536."
    token_cache_bytes: Input::count;
        "How many bytes tokens that were verified before may take in memory; `0` keeps none. At most 1 GiB."
    max_token_lifetime: |input: &Input| input.optional(Input::duration);
        "How long a token of another issuer may live; `null` for any life. Not beside a `signing_key`."
    auth_header_types: Input::list;
        "The schemes before a token in the header; the first one is asked for in `WWW-Authenticate`."
    auth_header_name: |input: &Input| Ok(header_name(&input.text()?));
        "The header that carries the token; `HTTP_X_ACCESS_TOKEN` means `X-Access-Token`."
    user_id_field: Input::text;
        "The field of the user that identifies it, as the user store has it."
    user_id_claim: Input::text;
        "The claim that carries the user's id."
    auth_token_classes: |input: &Input| input.list()?.iter().map(|name| token_class(name)).collect::<Result<Vec<_>, _>>();
        "The token classes that guarded routes accept: `AccessToken`, `RefreshToken`, `SlidingToken`, `UntypedToken`, dotted Python paths too."
    token_type_claim: |input: &Input| input.optional(Input::text);
        "The claim that tells access from refresh tokens; `null` switches the check off."
    jti_claim: |input: &Input| input.optional(Input::text);
        "The claim that carries the token's own id; `null` leaves it out."
    check_user_is_active: Input::boolean;
        "Whether inactive users are refused at login, at refresh and where the user is loaded."
    refresh_reuse_policy: |input: &Input| input.one_of(&[("recover", ReusePolicy::Recover), ("revoke", ReusePolicy::Revoke)]);
        "What it means when the last refresh token but one comes back late: `recover` or `revoke`."
    refresh_reuse_grace: Input::duration;
        "How long a spent refresh token of the same client is answered with the newest one, and of another 30 seconds of it; at most 5 minutes."
    refresh_recovery_window: Input::duration;
        "How long after a rotation, under `recover`, a client that missed the answer can go on."
    session_lifetime: |input: &Input| input.optional(Input::duration);
        "How long a session lives at most, however often it is refreshed; `null` for ever."
    max_sessions_per_user: |input: &Input| input.optional(Input::count);
        "How many sessions a user has at most, the one used least recently ending first; `null` for any number."
    namespace: Input::text;
        "Which rows of the store are this service's, where several share one database."
    revocation_sync_interval: Input::duration;
        "How often each node asks the store for new revocations."
    revocation_max_staleness: Input::duration;
        "How old a node's knowledge of revocations may become before `revocation_fail_closed` decides."
    revocation_fail_closed: Input::boolean;
        "Whether a node whose knowledge is too old answers 503 instead of serving."
    permissions_claim: Input::text;
        "The claim with the list of permissions, or a path to it."
    scope_claim: Input::text;
        "The claim with the scopes, one text or a list; `a.b` is the member `b` of the claim `a`."
    roles_claim: Input::text;
        "The claim with the list of roles, or a path such as `realm_access.roles`."
    permissions_source: |input: &Input| input.one_of(&[("claims", PermissionsSource::Claims), ("user", PermissionsSource::User)]);
        "Where rules look for permissions: `claims` or `user`."
    store: store;
        "Which tables keep refresh tokens: `native`, or `django` for SimpleJWT's."
    trusted_proxies: networks;
        "The proxies whose `X-Forwarded-For` or `Forwarded` is believed: addresses or networks such as `10.0.0.0/8`."
    record_client: Input::boolean;
        "Whether a session keeps the address and the `User-Agent` of its login."
    cookies: Input::boolean;
        "Whether browsers get and send their tokens in `HttpOnly` cookies. Needs sessions."
    cookie_secure: Input::boolean;
        "Whether the cookies are `Secure`, with `__Host-` before their names; `false` for development on this machine."
    cookie_same_site: |input: &Input| input.one_of(&[("lax", SameSite::Lax), ("strict", SameSite::Strict), ("none", SameSite::None)]);
        "Which requests of other sites carry the cookies: `lax`, `strict` or `none`."
    allowed_origins: Input::list;
        "The origins of the application's pages beside this service's own, such as `https://app.example.com`."
    login_throttle: Input::boolean;
        "Whether whoever guesses passwords is made to wait: by name, by address and by both."
    audit_table: audit_table;
        "How long the store keeps audit events that change something in a table of its own: `true` is 90 days, `false` writes none."
    #[cfg(feature = "password")] password_hashers: password_hashers;
        "The formats of password hashes that can log in, the first one for new hashes."
    #[cfg(feature = "password")] upgrade_password_hash: Input::boolean;
        "Whether a login stores the password anew when its hash is of another format or cost than new ones."
    sliding_token_lifetime: Input::duration;
        "How long a sliding token opens routes before it has to be refreshed."
    sliding_token_refresh_lifetime: Input::duration;
        "How long after the login a sliding token can be refreshed."
    sliding_token_refresh_exp_claim: Input::text;
        "The claim with the end of that time."
    check_revoke_token: Input::boolean;
        "Whether tokens from before a change of the password are refused where the user is loaded."
    revoke_token_claim: Input::text;
        "The claim with the digest of the password hash."
    user_table: Input::text;
        "The table of the users, for programs that open it by their settings."
    username_field: Input::text;
        "The column that users log in with, and the field of the obtain views."
};

#[cfg(feature = "password")]
fn password_hashers(input: &Input) -> Result<Vec<crate::password::HashFormat>, InputError> {
    use crate::password::HashFormat;
    let read = |name: &String| {
        name.parse::<HashFormat>().map_err(|_| {
            let known: Vec<_> = HashFormat::ALL.iter().map(|known| known.name()).collect();
            InputError::new(format!("there is no format `{name}`"), format!("write some of {}", known.join(", ")))
        })
    };
    input.list()?.iter().map(read).collect()
}

fn networks(input: &Input) -> Result<Vec<Network>, InputError> {
    let read = |text: &String| {
        text.parse::<Network>().map_err(|error| {
            InputError::new(
                format!("`{text}` is no network: {error}"),
                "write addresses or networks such as `10.0.0.0/8`",
            )
        })
    };
    input.list()?.iter().map(read).collect()
}

/// `true`, `false`, `null`, or how long.
fn audit_table(input: &Input) -> Result<Option<Duration>, InputError> {
    match input.boolean() {
        Ok(on) => Ok(on.then_some(Settings::AUDIT_KEPT)),
        Err(_) => input.optional(Input::duration),
    }
}

/// `null` is none, as in SimpleJWT.
fn leeway(input: &Input) -> Result<Duration, InputError> {
    Ok(input.optional(Input::duration)?.unwrap_or_default())
}

fn store(input: &Input) -> Result<StoreKind, InputError> {
    input.one_of(&[("native", StoreKind::Native), ("django", StoreKind::Django)])
}

pub(super) fn profile(input: &Input) -> Result<Profile, InputError> {
    match input.text()?.as_str() {
        "hardened" => Ok(Profile::Hardened),
        "simple_jwt" => Ok(Profile::SimpleJwt),
        "simple_jwt_6" => Ok(Profile::SimpleJwt6),
        _ => Err(InputError::new("no such profile", "write `hardened`, `simple_jwt` or `simple_jwt_6`")),
    }
}

fn algorithm(input: &Input) -> Result<crate::keys::Algorithm, InputError> {
    algorithm_named(&input.text()?)
}

fn algorithm_named(name: &str) -> Result<crate::keys::Algorithm, InputError> {
    name.parse().map_err(|_| {
        let known: Vec<_> = crate::keys::Algorithm::ALL.iter().map(|known| known.name()).collect();
        let reason = match name {
            "none" => "unsigned tokens are never accepted",
            "ES512" | "ES521" | "ES256K" => "this algorithm is not there",
            _ => "no such algorithm",
        };
        InputError::new(reason, format!("write one of {}", known.join(", ")))
    })
}

/// SimpleJWT's default is the empty text, and means none.
fn verifying_key(input: &Input) -> Result<Option<crate::secret::Secret>, InputError> {
    if input.text().is_ok_and(|text| text.is_empty()) { Ok(None) } else { input.optional(Input::key) }
}
