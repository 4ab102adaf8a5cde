#[jwt_auth::protected(jwt_auth::IsAdminUser && ticket)]
async fn events() {}

#[jwt_auth::protected(jwt_auth::IsAdminUser || fresh = "5m")]
async fn refund() {}

fn main() {}
