use jwt_auth::routing::GuardedRouter;
use std::sync::Arc;

struct App;

fn main() {
    let _ = GuardedRouter::<Arc<App>>::new();
}
