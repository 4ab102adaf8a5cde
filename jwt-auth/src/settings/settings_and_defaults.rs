//! Every setting: what it is, its default and why.

use super::duration::{days, minutes, seconds};
use super::{Audience, Loaded, Network, PermissionsSource, Profile, ReusePolicy, SameSite, StoreKind};
use crate::keys::Algorithm;
#[cfg(feature = "password")]
use crate::password::HashFormat;
use crate::secret::Secret;
use crate::tokens::TokenClass;
use std::path::PathBuf;
use std::time::Duration;

/// Everything that can be configured, as plain data.
///
/// Nothing reads this as a global: two `JwtAuth` with different settings live in one process.
///
/// ```
/// use jwt_auth::{Secret, Settings, settings::minutes};
///
/// let settings = Settings {
///     access_token_lifetime: minutes(15),
///     issuer: Some("https://shop.example".to_owned()),
///     ..Settings::new(Secret::generate()?)
/// };
/// # let _ = settings;
/// # Ok::<(), jwt_auth::keys::KeyFileError>(())
/// ```
#[doc(alias = "SIMPLE_JWT")]
#[doc(alias = "JwtBearerOptions")]
#[doc(alias = "Validation")]
#[derive(Clone, Debug)]
pub struct Settings {
    /// Which checks and defaults apply; the constructor sets it. Defaults to [`Profile::Hardened`], because who wants less should have to say so.
    pub profile: Profile,
    /// How long an access token is valid, in whole seconds: `exp` is the time of issue and this. Defaults to 5 minutes, as in
    /// SimpleJWT, because nobody can take an access token back on nodes that do not follow revocations.
    ///
    /// SimpleJWT's `ACCESS_TOKEN_LIFETIME`.
    pub access_token_lifetime: Duration,
    /// How long a refresh token is valid, in whole seconds, and with rotation how long a session lives unused. Defaults to
    /// 1 day, as in SimpleJWT, because who comes back the next day should not have to log in.
    ///
    /// SimpleJWT's `REFRESH_TOKEN_LIFETIME`.
    pub refresh_token_lifetime: Duration,
    /// Whether a refresh also answers a new refresh token. Needs a store. Defaults to `true` (SimpleJWT: `false`) because
    /// only a token that changes with every use shows that two parties hold it. `false` makes refresh tokens stateless:
    /// no store, and no logout before they expire.
    ///
    /// SimpleJWT's `ROTATE_REFRESH_TOKENS`.
    pub rotate_refresh_tokens: bool,
    /// Whether a refresh token is spent by its use. Defaults to `true` (SimpleJWT: `false`) because rotation without it
    /// protects nobody; `false` is refused while tokens rotate.
    ///
    /// SimpleJWT's `BLACKLIST_AFTER_ROTATION`.
    pub blacklist_after_rotation: bool,
    /// Whether a login writes its time to the user store. Defaults to `false`, as in SimpleJWT, because it makes every login a write.
    ///
    /// SimpleJWT's `UPDATE_LAST_LOGIN`.
    pub update_last_login: bool,
    /// The one algorithm that signs, and the only one accepted but for those of `fallback_keys`; a token's header never chooses. Defaults to
    /// [`Algorithm::HS256`], as in SimpleJWT, because it needs one secret and nothing else.
    ///
    /// SimpleJWT's `ALGORITHM`.
    pub algorithm: Algorithm,
    /// The HMAC secret as raw UTF-8, at least as long as the hash, or the private key as PEM. Defaults to `None` where
    /// nothing is given, which is enough to verify with a `verifying_key`; nothing is taken from elsewhere, because a key
    /// that is used for two purposes can be rotated for neither.
    ///
    /// SimpleJWT's `SIGNING_KEY`; from a file with `signing_key_file`.
    pub signing_key: Option<Secret>,
    /// The public key as PEM, for asymmetric algorithms. Defaults to `None`, because it follows from the private key.
    /// SimpleJWT's `VERIFYING_KEY`; from a file with `verifying_key_file`.
    pub verifying_key: Option<Secret>,
    /// Further private keys, as PEM or JWK (a secret with a `kid`); each signs when `jwt-auth keys` has agreed on it (docs/keys.md), and what it
    /// signs is accepted. Defaults to none, because one key needs no agreement. From files with `key_ring_file`.
    pub key_ring: Vec<Secret>,
    /// Where another issuer publishes its public keys, a JWK set (RFC 7517, 5), in place of a `verifying_key`: followed by the feature `jwks-client`,
    /// or a client of one's own ([`Builder::jwks_client`](crate::Builder::jwks_client)). Defaults to `None`; then, with no key at all, the place stands
    /// in the document that the [`issuer`](Self::issuer) publishes about itself. SimpleJWT's `JWK_URL`.
    pub jwk_url: Option<String>,
    /// The algorithms of fetched keys beside [`algorithm`](Self::algorithm), for an issuer that signs with several or moves to another. A key that
    /// does not say its own has the first that fits it. Defaults to none, because most issuers have one.
    pub jwk_algorithms: Vec<Algorithm>,
    /// How old fetched keys may become where the answer has no `max-age`, which counts within the same bounds, 1 minute to 1 hour. Defaults to
    /// 10 minutes, because a key that its issuer withdraws should not be good for much longer.
    pub jwk_cache_ttl: Duration,
    /// How long nothing is fetched from an issuer after a try, whether it worked or not, whoever asks; 1 second to 1 hour. Defaults to 30
    /// seconds, because strangers can name keys that nobody has, and must not make this service knock at another one's door for each.
    pub jwk_cooldown: Duration,
    /// Whether keys are also fetched, once in a [`jwk_cooldown`](Self::jwk_cooldown), for a token that its key did not sign, as some issuers give
    /// a new key the name of the old one. Defaults to `false`, because anybody can write such a token.
    pub jwk_refetch_on_bad_signature: bool,
    /// Whether keys may be fetched by `http`, without TLS, from other machines too. Defaults to `false`, because whoever can change that
    /// answer can sign as the issuer; `true` is warned of.
    pub jwk_allow_http: bool,
    /// A file with certificates (PEM) of the authorities that issuers are checked by. Defaults to `None`, as the operating system has some.
    pub jwk_ca_file: Option<PathBuf>,
    /// Older keys whose tokens are still accepted, secrets or public keys; nothing is signed with them. Defaults to none,
    /// because each is one more key that must not leak. From files with `fallback_keys_file`.
    ///
    /// Each is of `algorithm` where that fits it, else HS256 for a secret, RS256 or the one of its curve; a JWK says its own in `alg`.
    pub fallback_keys: Vec<Secret>,
    /// The `kid` in the header of issued tokens (RFC 7515, 4.1.4), 1 to 256 printable ASCII characters. Defaults to `None`:
    /// no name for a secret, as in SimpleJWT, and for a key pair its thumbprint (RFC 7638), by which others find it; not under `simple_jwt`.
    pub key_id: Option<String>,
    /// The `aud` of issued tokens; accepted tokens must name one of them (RFC 7519, 4.1.3). Defaults to none, as in
    /// SimpleJWT, because only the application knows its name; then `aud` is not written, and a token that names an audience is
    /// refused, since it is for somebody else. Under `simple_jwt` such a token passes, as there.
    ///
    /// SimpleJWT's `AUDIENCE`.
    pub audience: Audience,
    /// The claim that names whom a token is for. Defaults to `aud` (RFC 7519, 4.1.3). Another name is for issuers that write it elsewhere, as
    /// Cognito's access tokens have it in `client_id`; then `aud` means nothing. Not beside a `signing_key`.
    pub audience_claim: String,
    /// The `iss` of issued tokens, which accepted tokens must carry letter by letter. Defaults to `None`, as in SimpleJWT,
    /// because only the application knows its name; then `iss` is neither written nor looked at.
    ///
    /// SimpleJWT's `ISSUER`.
    pub issuer: Option<String>,
    /// How far clocks may differ when `exp`, `nbf` and `iat` are judged; at most 5 minutes. Defaults to 30 seconds
    /// (SimpleJWT: 0) because the clocks of two machines are never quite equal.
    ///
    /// SimpleJWT's `LEEWAY`.
    pub leeway: Duration,
    /// The longest token that is looked at, in bytes, 512 to 65536. Defaults to 8192, because servers and proxies hardly let
    /// longer headers pass, and what is longer must not cost work.
    pub max_token_bytes: usize,
    /// How much memory tokens that were verified before may take, in bytes, up to 1 GiB; a token that is presented again costs no
    /// signature check. Its times, its revocation and its user are judged each time. 0 switches it off. Defaults to 4 MiB, a few thousand
    /// tokens: more than a node sees in the minutes that an access token lives, and little beside a process.
    pub token_cache_bytes: usize,
    /// How long a token of another issuer may live, from `iat` to `exp`, and where it has no `iat` from now on; one that lives longer is
    /// refused. Only without a `signing_key`: what our own keys have signed is accepted to its own end, whatever lifetimes are set
    /// today. Defaults to `None`, any life, because the issuer knows why its tokens live so long; set it where one is not trusted
    /// with that.
    pub max_token_lifetime: Option<Duration>,
    /// The schemes that may stand before the token; the first one is asked for in `WWW-Authenticate`. Compared without
    /// regard to case (RFC 9110, 11.1). Defaults to `Bearer`, as in SimpleJWT, because RFC 6750 calls it so.
    ///
    /// SimpleJWT's `AUTH_HEADER_TYPES`.
    pub auth_header_types: Vec<String>,
    /// The header that carries scheme and token. Loaded settings may write it as WSGI does: `HTTP_X_ACCESS_TOKEN`. Defaults
    /// to `Authorization`, as in SimpleJWT, because proxies and logs know to keep that one secret.
    ///
    /// SimpleJWT's `AUTH_HEADER_NAME`.
    pub auth_header_name: String,
    /// The field that identifies a user. Defaults to `id`, as in SimpleJWT; anything else must be what the user store says of
    /// itself (`UserStore::user_id_field`), because that is what `User::identity` returns.
    ///
    /// SimpleJWT's `USER_ID_FIELD`.
    pub user_id_field: String,
    /// The claim that carries the user's id. Defaults to `user_id`, as in SimpleJWT, because its tokens and clients have
    /// that; [`verify_only`](Self::verify_only) takes `sub`.
    ///
    /// SimpleJWT's `USER_ID_CLAIM`.
    pub user_id_claim: String,
    /// The token classes that guarded routes accept, tried in this order. Defaults to [`TokenClass::Access`], as in
    /// SimpleJWT, because a refresh token must not open a route.
    ///
    /// SimpleJWT's `AUTH_TOKEN_CLASSES`.
    pub auth_token_classes: Vec<TokenClass>,
    /// The claim that tells access from refresh tokens; `None` neither writes nor checks it, and of another issuer's tokens looks for other signs
    /// (guide *Verify only*). Defaults to `token_type`, as in SimpleJWT, because without it one kind passes for the other.
    ///
    /// SimpleJWT's `TOKEN_TYPE_CLAIM`.
    pub token_type_claim: Option<String>,
    /// The claim that carries the token's own id; `None` neither writes nor asks for it. Defaults to `jti`, as in SimpleJWT,
    /// because RFC 7519 calls it so.
    ///
    /// SimpleJWT's `JTI_CLAIM`.
    pub jti_claim: Option<String>,
    /// Whether inactive users are refused at login, at refresh and wherever the user is loaded. Defaults to `true`, as in
    /// SimpleJWT, because that is what switching a user off is for.
    ///
    /// SimpleJWT's `CHECK_USER_IS_ACTIVE`.
    pub check_user_is_active: bool,
    /// What it means when the parent of the current refresh token comes back after the grace time. Defaults to
    /// [`ReusePolicy::Recover`], because lost answers are common and thefts are rare.
    pub refresh_reuse_policy: ReusePolicy,
    /// How long after a rotation a spent token of the same client is answered with the newest one; at most 5 minutes. Another
    /// client than the one that made the last move (another address or `User-Agent`) gets 30 seconds of it at most, and has to
    /// wait 10. Defaults to 2 minutes, because that covers a lost answer, ten tabs and an answer that comes late and
    /// overwrites a newer token.
    ///
    /// 0 is none: two tabs that refresh at once then lose the session sooner or later.
    pub refresh_reuse_grace: Duration,
    /// How long after a rotation, under [`ReusePolicy::Recover`], a client that missed the answer can go on. Defaults to 7
    /// days, because an application on a phone may lose an answer and be opened again after the weekend.
    pub refresh_recovery_window: Duration,
    /// How long a session lives at most, counted from the login, however often it is refreshed; `None` for no end. At least
    /// `refresh_token_lifetime`. Defaults to 30 days, because NIST SP 800-63B asks for a new login by
    /// then, at its lowest level.
    pub session_lifetime: Option<Duration>,
    /// How many sessions a user has at most; a login above it ends the one used least recently. `None` for any number. Defaults
    /// to 100, because nobody has that many devices, and a script that logs in each minute must not fill the store.
    pub max_sessions_per_user: Option<u32>,
    /// Which rows of the store are this service's: services that share a database and not their users have a namespace each, and see
    /// nothing of each other's rows. It stands in no token: where they share a key as well, an access token of one opens the routes of the
    /// others unless each has an `audience` (or an `issuer`) of its own, and what is revoked in one is not in the others. At most 64 letters, digits, `-`, `_` and `.`. Defaults to the empty text,
    /// which is a namespace as well.
    ///
    /// Another namespace is another set of sessions: whoever is logged in logs in anew. The store remembers by namespace which keys its
    /// nodes accept, and a start that shares none of them is refused while sessions live.
    pub namespace: String,
    /// How often each node asks the store for new revocations. Defaults to 2 seconds, because a logout should hold
    /// everywhere before a human can try.
    pub revocation_sync_interval: Duration,
    /// How old a node's knowledge of revocations may become before [`revocation_fail_closed`](Self::revocation_fail_closed)
    /// is asked; at least `revocation_sync_interval`. Defaults to 30 seconds, because a restart of the store takes less.
    pub revocation_max_staleness: Duration,
    /// Whether a node whose knowledge of revocations is too old answers 503. Defaults to `false`, because otherwise a store
    /// that is down takes every guarded route with it; access tokens end soon anyway.
    pub revocation_fail_closed: bool,
    /// The claim with the list of permissions that `#[protected(Perm::X)]` asks for. Defaults to `permissions`, because
    /// that is what Auth0 and others call it. A path leads into objects, as for [`roles_claim`](Self::roles_claim).
    pub permissions_claim: String,
    /// The claim with the scopes, one text with spaces (RFC 8693, 4.2) or a list. Defaults to `scope`, because the RFC calls
    /// it so. A path leads into objects, as for [`roles_claim`](Self::roles_claim).
    pub scope_claim: String,
    /// The claim with the list of roles. Defaults to `roles`, because RFC 9068, 2.2.3.1 calls it so. `realm_access.roles` is the
    /// member `roles` of the claim `realm_access`, unless there is a claim of that very name.
    pub roles_claim: String,
    /// Where rules look for permissions. Defaults to [`PermissionsSource::Claims`], because that reads no store.
    pub permissions_source: PermissionsSource,
    /// Which tables the program keeps refresh tokens in; it has to open that store itself. Defaults to
    /// [`StoreKind::Native`], because only sessions of our own survive a lost answer and end on every node.
    pub store: StoreKind,
    /// The proxies in front of this service, addresses or networks. A request from one of them comes from the client that the
    /// proxy names in `X-Forwarded-For` or `Forwarded` (RFC 7239): its rightmost address that is not in this list. Defaults to none,
    /// because everybody can send these headers, and only the application knows who may be believed; then a client's address
    /// is that of its connection. The guide *Refresh sessions* has the rules for odd headers.
    pub trusted_proxies: Vec<Network>,
    /// Whether a session keeps the address and the `User-Agent` of its login, for the user's own list of devices. Defaults to
    /// `true`, because a user can only end a session that they recognise. With `false` a row has neither; rows of before keep
    /// theirs until they end.
    pub record_client: bool,
    /// Whether tokens travel in cookies: logins of browsers answer with `HttpOnly` cookies in place of tokens in the body, and guarded
    /// routes take a cookie where there is no authorization header. Needs sessions, and the feature `cookies` of this crate. Defaults to
    /// `false`, because an API for programs has no use for them. The guide *Browsers* has all of it.
    pub cookies: bool,
    /// Whether the cookies are `Secure`, with the prefix `__Host-` before their names (RFC 6265bis, 4.1.3.2). Defaults to `true`; `false` is
    /// for development over plain http on this machine, and warned of.
    pub cookie_secure: bool,
    /// Which requests of other sites carry the cookies. Defaults to [`SameSite::Lax`], because with `Strict` who follows a link arrives
    /// logged out. The refresh token is `Strict` all the same.
    pub cookie_same_site: SameSite,
    /// The origins of the application's pages that are not this service's own, `https://app.example.com`: what they send with cookies is
    /// taken as from our own pages. Defaults to none. That browsers let them read the answers is for a CORS layer to say.
    pub allowed_origins: Vec<String>,
    /// Whether whoever guesses passwords is made to wait: failed logins are counted by name, by address and by both, over all nodes of a store.
    /// Defaults to `true`, because a password that can be tried without end is none; under `simple_jwt` to `false`, as SimpleJWT leaves it to
    /// DRF's throttles. The guide *Accounts* has the rules.
    pub login_throttle: bool,
    /// For how long the store keeps the audit events that change something, in a table of its own: logins, logouts, sessions that are ended,
    /// whoever ends them. Each is written in the transaction that does it, so that there is no one without the other. Defaults to `None`, no
    /// such table is written, because it holds who logs in from where, which not everybody may keep. In files and in the environment `true` is
    /// 90 days ([`AUDIT_KEPT`](Self::AUDIT_KEPT)). Needs a store over SQL. The guide *Refresh sessions* has the columns and the events.
    pub audit_table: Option<Duration>,
    /// The formats of password hashes that can log in; the first one is that of new hashes. Defaults to our Argon2id
    /// alone, whatever is compiled in; under `simple_jwt` to those of Django 5.2's own list, PBKDF2 first, because what
    /// Django cannot read must not be written, and what Django refuses must not log in. Add `bcrypt` where Django's list
    /// has it. A [`SqlUserStore`](crate::SqlUserStore) whose table has hashes, none of them in one of these formats and one in another
    /// that could be listed, stops the start.
    ///
    /// Django's `PASSWORD_HASHERS`.
    #[cfg(feature = "password")]
    pub password_hashers: Vec<HashFormat>,
    /// Whether a login stores the password anew when its hash is of another format or cost than new ones. Defaults to
    /// `true`, because only the login has the password; under `simple_jwt` to `false`, because a new hash changes what
    /// `check_revoke_token` compares and so logs the user's other devices out.
    #[cfg(feature = "password")]
    pub upgrade_password_hash: bool,
    /// How long a sliding token opens routes before it has to be refreshed. Defaults to 5 minutes, as in SimpleJWT. Another value needs
    /// the feature `django`.
    ///
    /// SimpleJWT's `SLIDING_TOKEN_LIFETIME`.
    pub sliding_token_lifetime: Duration,
    /// How long after the login a sliding token can be refreshed. Defaults to 1 day, as in SimpleJWT. Another value needs the feature
    /// `django`.
    ///
    /// SimpleJWT's `SLIDING_TOKEN_REFRESH_LIFETIME`.
    pub sliding_token_refresh_lifetime: Duration,
    /// The claim with the end of that time. Defaults to `refresh_exp`, as in SimpleJWT. Another name needs the feature `django`.
    ///
    /// SimpleJWT's `SLIDING_TOKEN_REFRESH_EXP_CLAIM`.
    pub sliding_token_refresh_exp_claim: String,
    /// Whether tokens carry a digest of the user's password hash, so that routes that load the user, and, but for
    /// SimpleJWT's own flows, refreshes refuse tokens from before a change of the password. Defaults to `false`, as in
    /// SimpleJWT, because it puts an MD5 of the stored hash into every token. `true` needs the feature `django`.
    ///
    /// SimpleJWT's `CHECK_REVOKE_TOKEN`.
    pub check_revoke_token: bool,
    /// The claim with that digest. Defaults to `hash_password`, as in SimpleJWT. Another name needs the feature `django`.
    ///
    /// SimpleJWT's `REVOKE_TOKEN_CLAIM`.
    pub revoke_token_claim: String,
    /// The table of the users, for programs that open a `SqlUserStore` by their settings. Defaults to `auth_user`, as in
    /// Django; a custom user model has another one.
    ///
    /// Django's `AUTH_USER_MODEL`.
    pub user_table: String,
    /// The column that users log in with, and the field of the obtain views that carries it. Defaults to `username`, as
    /// in Django.
    ///
    /// Django's `USERNAME_FIELD`.
    pub username_field: String,
    #[doc(hidden)]
    pub __more: Loaded,
}

impl Settings {
    /// 90 days: for how long [`audit_table`](Self::audit_table) keeps a row unless it is said.
    pub const AUDIT_KEPT: Duration = Duration::from_secs(90 * 24 * 3600);

    /// What [`max_sessions_per_user`](Self::max_sessions_per_user) is unless it is set.
    pub(crate) const MAX_SESSIONS_PER_USER: u32 = 100;

    /// The hardened profile, signing with this key: an HMAC secret, as [`algorithm`](Self::algorithm) is HS256 unless
    /// changed.
    ///
    /// ```
    /// use jwt_auth::{Secret, Settings, settings::minutes};
    /// let key = Secret::generate()?;
    /// let settings = Settings { access_token_lifetime: minutes(15), ..Settings::new(key.clone()) };
    /// # assert!(!format!("{settings:?}").contains(key.expose()));
    /// # Ok::<(), jwt_auth::keys::KeyFileError>(())
    /// ```
    pub fn new(signing_key: impl Into<Secret>) -> Self {
        Self {
            profile: Profile::Hardened,
            access_token_lifetime: minutes(5),
            refresh_token_lifetime: days(1),
            rotate_refresh_tokens: true,
            blacklist_after_rotation: true,
            update_last_login: false,
            algorithm: Algorithm::HS256,
            signing_key: Some(signing_key.into()),
            verifying_key: None,
            key_ring: Vec::new(),
            jwk_url: None,
            jwk_algorithms: Vec::new(),
            jwk_cache_ttl: minutes(10),
            jwk_cooldown: seconds(30),
            jwk_refetch_on_bad_signature: false,
            jwk_allow_http: false,
            jwk_ca_file: None,
            fallback_keys: Vec::new(),
            key_id: None,
            audience: Audience::default(),
            audience_claim: "aud".to_owned(),
            issuer: None,
            leeway: seconds(30),
            max_token_bytes: 8192,
            token_cache_bytes: 4 << 20,
            max_token_lifetime: None,
            auth_header_types: vec!["Bearer".to_owned()],
            auth_header_name: "Authorization".to_owned(),
            user_id_field: "id".to_owned(),
            user_id_claim: "user_id".to_owned(),
            auth_token_classes: vec![TokenClass::Access],
            token_type_claim: Some("token_type".to_owned()),
            jti_claim: Some("jti".to_owned()),
            check_user_is_active: true,
            refresh_reuse_policy: ReusePolicy::Recover,
            refresh_reuse_grace: minutes(2),
            refresh_recovery_window: days(7),
            session_lifetime: Some(days(30)),
            max_sessions_per_user: Some(Self::MAX_SESSIONS_PER_USER),
            namespace: String::new(),
            revocation_sync_interval: seconds(2),
            revocation_max_staleness: seconds(30),
            revocation_fail_closed: false,
            permissions_claim: "permissions".to_owned(),
            scope_claim: "scope".to_owned(),
            roles_claim: "roles".to_owned(),
            permissions_source: PermissionsSource::Claims,
            store: StoreKind::Native,
            trusted_proxies: Vec::new(),
            record_client: true,
            cookies: false,
            cookie_secure: true,
            cookie_same_site: SameSite::Lax,
            allowed_origins: Vec::new(),
            login_throttle: true,
            audit_table: None,
            #[cfg(feature = "password")]
            password_hashers: vec![HashFormat::Argon2id],
            #[cfg(feature = "password")]
            upgrade_password_hash: true,
            sliding_token_lifetime: minutes(5),
            sliding_token_refresh_lifetime: days(1),
            sliding_token_refresh_exp_claim: "refresh_exp".to_owned(),
            check_revoke_token: false,
            revoke_token_claim: "hash_password".to_owned(),
            user_table: "auth_user".to_owned(),
            username_field: "username".to_owned(),
            __more: Loaded::default(),
        }
    }
}
