use jwt_auth::protected;

#[protected(scope("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))]
async fn handler() {}

fn main() {}
