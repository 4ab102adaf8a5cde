use jwt_auth::{Guard, protected};

#[protected]
async fn me() {}

fn main() {
    let _ = me(Guard(std::marker::PhantomData));
}
