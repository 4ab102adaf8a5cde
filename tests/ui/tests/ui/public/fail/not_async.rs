use jwt_auth::public;

#[public]
fn handler() {}

fn main() {}
