// says: the item is gated behind the `openapi` feature
use jwt_auth::routes;

fn main() {
    let _ = routes!(show);
}
