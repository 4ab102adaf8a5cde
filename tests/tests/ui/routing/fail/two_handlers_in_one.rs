use axum_extra::handler::HandlerCallWithExtractors;
use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{JwtAuth, protected};

#[protected]
async fn mine() {}

async fn naked() {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().route("/", get(mine.or(naked)));
}
