#[jwt_auth::public(ticket)]
async fn events() {}

fn main() {}
