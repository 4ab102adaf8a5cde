// says: this needs the feature `django` of `jwt-auth`
use jwt_auth::protected;

#[protected(DjangoPermission("shop.change_order"))]
async fn edit() {}

fn main() {}
