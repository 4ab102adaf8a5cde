use jwt_auth::protected;

enum Colour {
    Red,
}

#[protected(Colour::Red)]
async fn handler() {}

fn main() {}
