use jwt_auth::protected;

#[derive(jwt_auth::Permissions)]
enum Perm {
    Read,
    Write,
}

#[protected("read" && Perm::Write & scope("a b"), usr)]
fn handler() {}

fn main() {}
