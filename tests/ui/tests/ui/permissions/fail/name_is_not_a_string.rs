use jwt_auth::Permissions;

#[derive(Permissions)]
enum Perm {
    #[permission(admin)]
    Admin,
}

fn main() {}
