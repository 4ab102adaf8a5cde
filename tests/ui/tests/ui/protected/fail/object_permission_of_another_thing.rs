use jwt_auth::rule::{ObjectPermission, RuleError};
use jwt_auth::{ObjectPermissions, Rejection, TokenUser};

struct Order;
struct Invoice;
struct IsOwner;

impl ObjectPermission<TokenUser, Order> for IsOwner {
    async fn has_object_permission(&self, _: &TokenUser, _: &Order) -> Result<bool, RuleError> {
        Ok(true)
    }
}

#[jwt_auth::protected]
async fn invoice(user: TokenUser, objects: ObjectPermissions) -> Result<(), Rejection> {
    objects.check(IsOwner, &user, &Invoice).await
}

fn main() {}
