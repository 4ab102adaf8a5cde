// says: this needs the feature `openapi` of `jwt-auth`
use jwt_auth::JwtAuth;
use jwt_auth::routing::GuardedRouter;

fn main() {
    let _ = GuardedRouter::<JwtAuth>::new().serve_openapi("/openapi.json", ());
}
