//! An order desk: who may do what, by permission, by ownership and by how long ago they logged in.

mod orders;
#[cfg(test)]
mod tests;

use axum::{Router, routing::get};
use jwt_auth::password::PasswordHasher;
use jwt_auth::routing::GuardedRouter;
use jwt_auth::store::MemoryStore;
use jwt_auth::user::{Identity, MemoryUsers, User};
use jwt_auth::{
    AuthState, IsAdminUser, JwtAuth, PermissionSet, Permissions, Secret, Settings, routes, rule, token_routes,
};
use orders::Orders;
use std::error::Error;
use utoipa::openapi::{Info, OpenApi, Paths};

/// In tokens: `orders:read`, `orders:write`, `refund` and `admin`.
#[derive(Permissions, Clone, Copy, PartialEq)]
enum Perm {
    OrdersRead,
    OrdersWrite,
    Refund,
    Admin,
}

#[derive(Clone)]
struct Account {
    name: &'static str,
    may: Vec<Perm>,
    password_hash: String,
}

impl User for Account {
    fn identity(&self) -> Identity<'_> {
        Identity { id: self.name.to_owned(), password_hash: &self.password_hash, is_active: true }
    }

    fn is_staff(&self) -> bool {
        self.may.contains(&Perm::Admin)
    }

    fn permissions(&self) -> Vec<String> {
        self.may.iter().map(|perm| perm.name().to_owned()).collect()
    }
}

#[derive(Clone, AuthState)]
struct App {
    auth: JwtAuth<Account>,
    orders: Orders,
}

#[token_routes("/api/token", reauthenticate, sessions)]
fn urls() -> GuardedRouter<App> {
    GuardedRouter::new()
        .routes(routes!(orders::catalogue, orders::list, orders::create, orders::show, orders::refund))
        // Any router or service, which need not know of users: the rule around it is judged first.
        .mount("/admin", rule!(IsAdminUser, user), Router::new().route("/", get(async || "the back office\n")))
}

/// The last step, because the document tells of the routes that are there. Handlers and guards know all but the title.
fn described() -> GuardedRouter<App> {
    urls().serve_openapi("/openapi.json", OpenApi::new(Info::new("An order desk", "1.0"), Paths::new()))
}

async fn app(settings: Settings) -> Result<Router, Box<dyn Error>> {
    let users = MemoryUsers::new(|account: &Account| account.name);
    let (ada, sam) = ([Perm::OrdersRead, Perm::OrdersWrite], [Perm::OrdersRead, Perm::Refund]);
    for (name, may) in [("ada", ada.to_vec()), ("sam", sam.to_vec()), ("root", vec![Perm::Admin])] {
        users.put(Account { name, may, password_hash: PasswordHasher::default().hash(name)? });
    }
    let auth = JwtAuth::builder(settings).users(users).store(MemoryStore::new()).start().await?;
    Ok(described().with_state(App { auth, orders: Orders::default() }))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let app = app(Settings::new(Secret::load_or_generate("permissions.key")?)).await?;
    let bind = std::env::var("BIND").unwrap_or_else(|_| "127.0.0.1:8000".to_owned());
    let listener = tokio::net::TcpListener::bind(&bind).await?;
    println!("{}", TRY_IT.replace("127.0.0.1:8000", &listener.local_addr()?.to_string()));
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<std::net::SocketAddr>()).await?)
}

const TRY_IT: &str = r#"Listening on http://127.0.0.1:8000. Users are ada/ada, sam/sam and root/root: a demonstration, never deploy it.
In a second shell, one line after the other:
  as() { curl -s -X POST http://127.0.0.1:8000/api/token/ -H 'Content-Type: application/json' -d "{\"username\":\"$1\",\"password\":\"$1\"}" | sed 's/.*"access":"\([^"]*\).*/Authorization: Bearer \1/'; }
  curl -s -X POST http://127.0.0.1:8000/orders -H "$(as ada)" -H 'Content-Type: application/json' -d '{"item":"tea"}'
  curl -s http://127.0.0.1:8000/orders/0 -H "$(as sam)"
  curl -s -X POST http://127.0.0.1:8000/orders/0/refund -H "$(as ada)"
  curl -s -X POST http://127.0.0.1:8000/orders/0/refund -H "$(as sam)"
  curl -s http://127.0.0.1:8000/admin -H "$(as root)""#;
