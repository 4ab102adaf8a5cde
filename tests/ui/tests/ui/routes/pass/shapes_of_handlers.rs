//! Attributes in both orders, modules, generics, and the crate renamed.

use axum::extract::Path;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::{JwtAuth, protected, public, routes};

extern crate jwt_auth as renamed;

#[utoipa::path(get, path = "/above", responses((status = 200, description = "Done")))]
#[protected]
async fn above() {}

#[protected(scope("a") && !IsGuest)]
#[utoipa::path(get, path = "/below/{id}", params(("id" = u64, Path)), responses((status = 200, description = "Done")))]
async fn below(Path(id): Path<u64>) -> String {
    id.to_string()
}

struct IsGuest;

impl jwt_auth::Rule<JwtAuth> for IsGuest {
    async fn allows(_: &jwt_auth::rule::RuleRequest<'_, JwtAuth>) -> Result<bool, jwt_auth::rule::RuleError> {
        Ok(true)
    }
}

mod deep {
    pub(crate) mod down {
        #[jwt_auth::public]
        #[utoipa::path(method(put, patch), path = "/deep", responses((status = 200, description = "Done")))]
        pub(crate) async fn r#match<T: Send + 'static>(_: axum::extract::State<T>) {}
    }
}

#[utoipa::path(get, path = "", responses((status = 200, description = "Done")))]
#[public]
async fn root() {}

fn main() {
    let router: GuardedRouter<JwtAuth> = GuardedRouter::new()
        .routes(routes!(above, below, deep::down::r#match::<JwtAuth>,))
        .nest("/nested", GuardedRouter::new().routes(renamed::routes!(root, self::above, crate = renamed)));
    assert_eq!(
        router.access_table().to_string(),
        "GET /above IsAuthenticated\nGET /below/{id} (scope(\"a\") && !IsGuest)\nPATCH /deep public\nPUT /deep public\n\
         GET /nested public\nGET /nested/above IsAuthenticated\n"
    );
}
