use jwt_auth::{CurrentUser, TokenUser, protected};

#[protected]
async fn feed(user: Option<CurrentUser<u8>>) {}

#[protected(scope("a"))]
async fn other(user: std::option::Option<TokenUser>, page: Option<axum::Json<u8>>) {}

fn main() {}
