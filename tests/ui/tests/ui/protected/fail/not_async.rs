use jwt_auth::protected;

#[protected]
fn handler() -> &'static str {
    "hello"
}

fn main() {}
