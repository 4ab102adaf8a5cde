use jwt_auth::protected;

#[protected(!DjangoGroup("suspended"))]
async fn handler() {}

fn main() {}
