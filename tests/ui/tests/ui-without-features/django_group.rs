// says: this needs the feature `django` of `jwt-auth`
use jwt_auth::protected;

#[protected(DjangoGroup("editors"))]
async fn edit() {}

fn main() {}
