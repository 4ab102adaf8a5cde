use jwt_auth::routing::GuardedRouter;

#[derive(Clone)]
struct App;

fn main() {
    let _ = GuardedRouter::<App>::new();
}
