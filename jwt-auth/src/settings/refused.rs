//! Names that are known and cannot be set: each with what to do instead.

use super::input::InputError;

/// Why this lower-case name, known to SimpleJWT or planned here, is refused. `None` for names nobody knows.
pub(super) fn refusal(name: &str) -> Option<InputError> {
    let renamed = RENAMED
        .iter()
        .find(|(old, _)| *old == name)
        .map(|(_, new)| InputError::new("SimpleJWT has removed this name", format!("write `{new}`")));
    let python = PYTHON.iter().find(|(setting, _)| *setting == name).map(|(_, instead)| {
        InputError::new("its value is a Python callable or class, which cannot run here", *instead)
    });
    let featured = |names: &[&str], feature: &str| {
        let remedy = "switch that feature of `jwt-auth` on, or remove it";
        names.contains(&name).then(|| InputError::new(format!("it needs the feature `{feature}`"), remedy))
    };
    renamed
        .or(python)
        .or_else(|| featured(&["password_hashers", "upgrade_password_hash"], "password"))
        .or_else(|| {
            OF_ONE_HOST.contains(&name).then(|| {
                let reason = "cookies are for this host alone and all its paths, so that no neighbour can replace them";
                InputError::new(reason, "remove it; a page on another host of the site is listed in `allowed_origins`")
            })
        })
        .or_else(|| {
            PLANNED
                .contains(&name)
                .then(|| InputError::new("it is known, but this version does not have it yet", "remove it"))
        })
}

/// The names of this page, for suggestions.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    let (renamed, python) = (RENAMED.iter().map(|(name, _)| *name), PYTHON.iter().map(|(name, _)| *name));
    renamed.chain(python).chain(OF_ONE_HOST).chain(PLANNED)
}

const RENAMED: [(&str, &str); 4] = [
    ("auth_header_type", "auth_header_types"),
    ("auth_token_class", "auth_token_classes"),
    ("secret_key", "signing_key"),
    ("token_backend_class", "algorithm"),
];

const PYTHON: [(&str, &str); 11] = [
    ("user_authentication_rule", "remove it, and implement `User::may_log_in`"),
    ("on_login_success", "remove it, and implement `ObtainView::on_login_success` in a view of your own"),
    ("on_login_failed", "remove it, and implement `ObtainView::on_login_failed` in a view of your own"),
    ("token_user_class", "remove it, and read claims of your own with the extractor `TokenClaims`"),
    ("json_encoder", "remove it: claims are written as their `serde::Serialize` says"),
    (
        "token_obtain_serializer",
        "remove it, implement `ObtainView`, and write `#[token_routes(.., obtain = YourView)]`",
    ),
    (
        "token_refresh_serializer",
        "remove it, implement `RefreshView`, and write `#[token_routes(.., refresh = YourView)]`",
    ),
    ("token_verify_serializer", "remove it, and route a handler of your own that calls `JwtAuth::verify`"),
    ("token_blacklist_serializer", "remove it, and route a handler of your own that calls `JwtAuth::blacklist`"),
    (
        "sliding_token_obtain_serializer",
        "remove it, and route a handler of your own that calls `JwtAuth::obtain_sliding`",
    ),
    (
        "sliding_token_refresh_serializer",
        "remove it, and route a handler of your own that calls `JwtAuth::refresh_sliding`",
    ),
];

/// What other libraries let be chosen, and what a name that begins with `__Host-` rules out.
const OF_ONE_HOST: [&str; 2] = ["cookie_domain", "cookie_path"];

const PLANNED: [&str; 1] = ["store_url"];
