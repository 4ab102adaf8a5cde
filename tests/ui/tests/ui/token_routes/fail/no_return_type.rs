use jwt_auth::token_routes;

#[token_routes("/api/token")]
fn urls() {}

fn main() {}
