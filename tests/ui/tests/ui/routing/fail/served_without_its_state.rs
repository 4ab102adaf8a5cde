use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;
use std::net::SocketAddr;

async fn serve(listener: impl axum::serve::Listener<Addr = SocketAddr>) {
    let _ = axum::serve(listener, GuardedRouter::<JwtAuth>::new());
}

fn main() {}
