use jwt_auth::protected;

#[protected(role(""))]
async fn handler() {}

fn main() {}
