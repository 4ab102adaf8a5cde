use jwt_auth::protected;

struct Api;

impl Api {
    #[protected]
    async fn list(&self) {}
}

fn main() {}
