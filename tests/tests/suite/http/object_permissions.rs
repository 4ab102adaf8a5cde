//! Permissions over one thing, asked in the handler.

use axum::Json;
use axum::extract::Path;
use http::StatusCode;
use jwt_auth::routing::{GuardedRouter, get as route};
use jwt_auth::rule::{ObjectPermission, RuleError};
use jwt_auth::{CurrentUser, JwtAuth, ObjectPermissions, Rejection, TokenUser, protected};
use jwt_auth_tests::{Account, Answer, App, get, settings};
use serde_json::json;
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span;

struct Order {
    id: u64,
    owner: u64,
}

fn find(id: u64) -> Option<Order> {
    [(1, 1), (2, 3), (3, 99)].into_iter().find(|(known, _)| *known == id).map(|(id, owner)| Order { id, owner })
}

/// Staff may have any order; the third is in a database that is down.
struct IsOwner;

impl ObjectPermission<Account, Order> for IsOwner {
    async fn has_object_permission(&self, user: &Account, order: &Order) -> Result<bool, RuleError> {
        tokio::task::yield_now().await;
        if order.owner == 99 {
            return Err(RuleError::unavailable("the table is locked"));
        }
        Ok(user.is_staff || user.id == order.owner)
    }
}

impl ObjectPermission<TokenUser, Order> for IsOwner {
    async fn has_object_permission(&self, user: &TokenUser, order: &Order) -> Result<bool, RuleError> {
        Ok(user.id() == order.owner.to_string())
    }
}

#[protected]
async fn told(
    CurrentUser(user): CurrentUser<Account>,
    objects: ObjectPermissions,
    Path(id): Path<u64>,
) -> Result<Json<u64>, Rejection> {
    let order = find(id).expect("an order");
    objects.check(IsOwner, &user, &order).await?;
    Ok(Json(order.id))
}

#[protected]
async fn hidden(
    CurrentUser(user): CurrentUser<Account>,
    objects: ObjectPermissions,
    Path(id): Path<u64>,
) -> Result<Json<u64>, Rejection> {
    let order = objects.get_or_404(IsOwner, &user, find(id)).await?;
    Ok(Json(order.id))
}

#[protected]
async fn stateless(user: TokenUser, objects: ObjectPermissions, Path(id): Path<u64>) -> Result<Json<u64>, Rejection> {
    let order = objects.get_or_404(IsOwner, &user, find(id)).await?;
    Ok(Json(order.id))
}

fn urls() -> GuardedRouter<JwtAuth<Account>> {
    GuardedRouter::new()
        .route("/told/{id}", route(told))
        .route("/hidden/{id}", route(hidden))
        .route("/stateless/{id}", route(stateless))
}

async fn ask(path: &str) -> Answer {
    let app = App::start(settings()).await;
    let (_, access) = app.login().await;
    get(&urls().with_state(app.auth.clone()), path, Some(&format!("Bearer {access}"))).await
}

#[tokio::test]
async fn an_owner_has_the_thing() {
    for path in ["/told/1", "/hidden/1", "/stateless/1"] {
        let answer = ask(path).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!(1)), "{path}");
    }
}

#[tokio::test]
async fn somebody_else_is_told_or_not() {
    let told = ask("/told/2").await;
    assert_eq!(told.status, StatusCode::FORBIDDEN);
    assert_eq!(told.json(), json!({ "detail": "You do not have permission to perform this action." }));
    for route in ["hidden", "stateless"] {
        let (foreign, missing) = (ask(&format!("/{route}/2")).await, ask(&format!("/{route}/7")).await);
        assert_eq!(foreign.status, StatusCode::NOT_FOUND);
        assert_eq!(foreign.json(), json!({ "detail": "Not found." }));
        assert_eq!((foreign.status, &foreign.text), (missing.status, &missing.text), "which of the two cannot be told");
        assert_eq!(foreign.headers, missing.headers);
    }
}

#[tokio::test]
async fn an_outage_is_503_and_neither_a_grant_nor_404() {
    for path in ["/told/3", "/hidden/3"] {
        assert_eq!(ask(path).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_looked_for() {
    let app = App::start(settings()).await;
    let router = urls().with_state(app.auth.clone());
    assert_eq!(get(&router, "/hidden/1", None).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_refusal_leaves_the_event_of_a_refused_rule() {
    let events = Events::default();
    let kept = Arc::clone(&events.0);
    let _guard = tracing::subscriber::set_default(events);
    ask("/told/2").await;
    ask("/hidden/2").await;
    ask("/hidden/1").await;
    ask("/hidden/7").await;
    let kept = kept.lock().expect("not poisoned");
    let lines: Vec<&str> = kept.iter().map(String::as_str).collect();
    assert_eq!(
        lines,
        [
            r#"message=refused rule="IsOwner" user="1" method=GET path="/told/2""#,
            r#"message=refused rule="IsOwner" user="1" method=GET path="/hidden/2""#,
        ]
    );
}

/// The events of the target `jwt_auth::rule`, a line each.
#[derive(Default)]
struct Events(Arc<Mutex<Vec<String>>>);

impl tracing::Subscriber for Events {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "jwt_auth::rule"
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        self.0.lock().expect("not poisoned").push(line.0.join(" "));
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[derive(Default)]
struct Line(Vec<String>);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.push(format!("{}={value:?}", field.name()));
    }
}
