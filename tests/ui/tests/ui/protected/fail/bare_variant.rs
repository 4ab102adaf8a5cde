use Perm::*;
use jwt_auth::{Permissions, protected};

#[derive(Permissions)]
enum Perm {
    LoansRead,
    Suspended,
}

#[protected(LoansRead)]
async fn handler() {}

fn main() {}
