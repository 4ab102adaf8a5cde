//! The guides, one page each: the files of the folder `docs`.
//!
//! This module is there for rustdoc alone. `links.md` stands before each page, so that a link that leads to a file in a checkout
//! leads to a page here.

/// A page for each guide; its code is compiled where every feature is on that some guide needs.
macro_rules! pages {
    ($($name:ident: $file:literal)*) => {$(
        #[cfg_attr(
            any(
                not(doctest),
                all(
                    feature = "macros",
                    feature = "password",
                    feature = "sqlite",
                    feature = "postgres",
                    feature = "django",
                    feature = "toml",
                    feature = "jsonwebtoken",
                    feature = "cookies",
                    feature = "openapi",
                    feature = "testing",
                )
            ),
            doc = concat!(include_str!("links.md"), include_str!(concat!("../../docs/", $file)))
        )]
        pub mod $name {}
    )*};
}

pages! {
    accounts: "accounts.md"
    benchmarks: "benchmarks.md"
    browsers: "browsers.md"
    clients: "clients.md"
    from_axum_login: "from-axum-login.md"
    from_django: "from-django.md"
    from_jsonwebtoken: "from-jsonwebtoken.md"
    from_jwt_authorizer: "from-jwt-authorizer.md"
    guards: "guards.md"
    keys: "keys.md"
    openapi: "openapi.md"
    operations: "operations.md"
    own_users: "own-users.md"
    security: "security.md"
    sessions: "sessions.md"
    settings: "settings.md"
    streams: "streams.md"
    testing: "testing.md"
    token_routes: "token-routes.md"
    verify_only: "verify-only.md"
}
