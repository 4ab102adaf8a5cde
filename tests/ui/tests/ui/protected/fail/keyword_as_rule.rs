use jwt_auth::protected;

#[protected(try::Owner)]
async fn handler() {}

#[protected(crate = try::jwt_auth)]
async fn other() {}

fn main() {
    let _ = (handler, other);
}
