//! Token views: ours describe themselves, the application's by their types.

use super::{Router, described, operation, operations, statuses};
use jwt_auth::views::{Credentials, ObtainResponse, ObtainView, RefreshView, ViewRequest};
use jwt_auth::{AuthError, JwtAuth, Refreshed, Secret, TokenPair, token_routes};
use jwt_auth_tests::Account;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{PartialSchema, ToSchema};

#[token_routes(
    "/api/token",
    only(obtain, refresh, verify, blacklist, obtain_sliding, refresh_sliding),
    reauthenticate,
    sessions,
    ticket,
    jwks
)]
fn token_urls() -> Router {
    Router::new()
}

#[test]
fn token_views_describe_themselves() {
    let document = described(&token_urls());
    let expected: [(&str, &str, &str, &[&str]); 14] = [
        ("post", "/api/token", "TokenObtainPair", &["200", "400", "401", "413", "415", "429", "503"]),
        ("post", "/api/token/refresh", "TokenRefresh", &["200", "400", "401", "404", "409", "413", "415", "503"]),
        ("post", "/api/token/verify", "TokenVerify", &["200", "400", "401", "413", "415", "503"]),
        ("post", "/api/token/blacklist", "TokenBlacklist", &["200", "400", "401", "404", "413", "415", "503"]),
        ("post", "/api/token/logout", "TokenBlacklist", &["200", "400", "401", "404", "413", "415", "503"]),
        (
            "post",
            "/api/token/reauthenticate",
            "TokenReauthenticate",
            &["200", "400", "401", "404", "409", "413", "415", "429", "503"],
        ),
        ("post", "/api/token/sliding", "TokenObtainPair", &["200", "400", "401", "413", "415", "429", "503"]),
        ("post", "/api/token/sliding/refresh", "TokenRefreshSliding", &["200", "400", "401", "413", "415", "503"]),
        ("get", "/api/sessions", "", &["200", "401", "404", "503"]),
        ("delete", "/api/sessions/{sid}", "", &["204", "401", "404", "503"]),
        ("post", "/api/logout/all", "", &["200", "401", "404", "503"]),
        ("post", "/api/logout/others", "TokenRefresh", &["200", "400", "401", "404", "409", "413", "415", "503"]),
        ("post", "/api/token/ticket", "", &["200", "401", "404", "503"]),
        ("get", "/.well-known/jwks.json", "", &["200", "304"]),
    ];
    assert_eq!(operations(&document).len(), expected.len());
    for (method, path, request, expected) in expected {
        let operation = operation(&document, method, path);
        assert_eq!(statuses(operation), expected, "{path}");
        let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let wanted =
            if request.is_empty() { Value::Null } else { format!("#/components/schemas/{request}Request").into() };
        assert_eq!(body, &wanted, "{path}");
    }
    let ids: Vec<_> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|item| item.as_object().expect("an item").values())
        .map(|operation| operation["operationId"].as_str().expect("an id"))
        .collect();
    assert!(ids.contains(&"token_obtain_pair") && ids.contains(&"list_sessions"), "{ids:?}");
    for reference in references(&document) {
        let name = reference.strip_prefix("#/components/schemas/").expect("a schema");
        assert!(document["components"]["schemas"][name].is_object(), "{name} is nowhere");
    }
    let pair = &document["components"]["schemas"]["TokenObtainPairResponse"]["properties"];
    assert_eq!(pair["access"]["type"], "string", "{pair}");
}

fn references(value: &Value) -> Vec<&str> {
    match value {
        Value::Object(members) => members
            .iter()
            .flat_map(
                |(name, value)| if name == "$ref" { value.as_str().into_iter().collect() } else { references(value) },
            )
            .collect(),
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

#[derive(Deserialize, ToSchema)]
struct EmailLogin {
    email: String,
    #[schema(value_type = String)]
    password: Secret,
}

#[derive(Serialize, ToSchema)]
struct Welcome {
    access: String,
}

struct EmailView;

impl ObtainView<JwtAuth<Account>> for EmailView {
    type Request = EmailLogin;
    type Response = Welcome;
}

impl Credentials<JwtAuth<Account>> for EmailLogin {
    fn username(&self) -> &str {
        &self.email
    }

    async fn authenticate(&self, request: &ViewRequest<'_, JwtAuth<Account>>) -> Result<Account, AuthError> {
        request.state().check_password(&self.email, &self.password).await
    }

    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <Self as PartialSchema>::schema()
    }
}

impl ObtainResponse<JwtAuth<Account>> for Welcome {
    async fn new(_: &ViewRequest<'_, JwtAuth<Account>>, _: &Account, pair: TokenPair) -> Result<Self, AuthError> {
        Ok(Self { access: pair.access.expose().to_owned() })
    }

    fn openapi_schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        <Self as PartialSchema>::schema()
    }
}

struct Undescribed;

impl RefreshView<JwtAuth<Account>> for Undescribed {
    type Response = ();

    async fn response(_: &ViewRequest<'_, JwtAuth<Account>>, _: Refreshed) -> Result<(), AuthError> {
        Ok(())
    }
}

#[token_routes("/api/token", obtain = EmailView, refresh = Undescribed)]
fn own_urls() -> Router {
    Router::new()
}

#[test]
fn views_of_the_application_are_described_by_their_types() {
    let document = described(&own_urls());
    let obtain = operation(&document, "post", "/api/token");
    let request = &obtain["requestBody"]["content"]["application/json"]["schema"];
    assert_eq!(request["required"], json!(["email", "password"]));
    let response = &obtain["responses"]["200"]["content"]["application/json"]["schema"];
    assert_eq!(response["required"], json!(["access"]));
    let refresh = operation(&document, "post", "/api/token/refresh");
    assert_eq!(refresh["responses"]["200"]["content"]["application/json"]["schema"], json!({ "type": "object" }));
}
