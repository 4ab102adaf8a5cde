use jwt_auth::protected;

#[protected]
struct Handler;

fn main() {}
