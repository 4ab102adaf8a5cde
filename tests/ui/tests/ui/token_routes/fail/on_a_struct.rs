use jwt_auth::token_routes;

#[token_routes("/api/token")]
struct Urls;

fn main() {}
