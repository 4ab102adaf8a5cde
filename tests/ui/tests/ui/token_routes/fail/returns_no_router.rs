use jwt_auth::token_routes;

#[token_routes("/api/token")]
fn urls() -> Vec<u8> {
    Vec::new()
}

fn main() {}
