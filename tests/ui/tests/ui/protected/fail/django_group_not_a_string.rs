use jwt_auth::protected;

#[protected(DjangoGroup(7))]
async fn handler() {}

fn main() {}
