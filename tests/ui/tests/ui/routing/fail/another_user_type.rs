use jwt_auth::routing::{GuardedRouter, get};
use jwt_auth::{CurrentUser, JwtAuth, protected};

struct Reader;

#[protected]
async fn handler(_: CurrentUser<Reader>) {}

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().route("/", get(handler));
}
