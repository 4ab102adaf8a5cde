//! The crate renamed, in a module without a prelude.

extern crate jwt_auth as renamed;

mod bare {
    #![no_implicit_prelude]

    #[::renamed::protected(scope("a") && !Perm::Read, crate = ::renamed)]
    pub async fn handler() {}

    #[::renamed::public(crate = ::renamed)]
    pub async fn open() {}

    #[derive(::renamed::Permissions)]
    #[permission(crate = ::renamed)]
    pub enum Perm {
        Read,
    }

    #[derive(::std::clone::Clone, ::renamed::AuthState)]
    #[auth(crate = ::renamed)]
    pub struct App {
        auth: ::renamed::JwtAuth,
    }
}

fn main() {
    use renamed::routing::{GuardedRouter, get};
    let _: GuardedRouter<bare::App> = GuardedRouter::new()
        .route("/", get(bare::handler).post(bare::open))
        .mount("/m", renamed::rule!(bare::Perm::Read, crate = renamed), axum::Router::new());
}
