//! A client with an address.

use crate::Answer;
use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use jwt_auth::Client;
use serde_json::{Value, json};

/// A client that a router takes for who it says it is.
#[derive(Clone, Debug)]
pub struct Caller {
    /// What it asks.
    pub router: Router,
    /// Who it is.
    pub client: Client,
    /// What it sends as its cookies.
    pub cookies: Option<String>,
}

impl Caller {
    /// One at this address, whose agent text is `Firefox`.
    pub fn at(router: &Router, ip: &str) -> Self {
        let client = Client { ip: Some(ip.to_owned()), user_agent: Some("Firefox".to_owned()) };
        Self { router: router.clone(), client, cookies: None }
    }

    /// The same with another agent text.
    #[must_use]
    pub fn with_agent(mut self, user_agent: &str) -> Self {
        self.client.user_agent = Some(user_agent.to_owned());
        self
    }

    /// The same with this cookie.
    #[must_use]
    pub fn with_cookie(mut self, cookie: &str) -> Self {
        self.cookies = Some(cookie.to_owned());
        self
    }

    /// POSTs JSON.
    ///
    /// # Panics
    /// When it is no request.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        let mut request = Request::builder().method(Method::POST).uri(path).header("content-type", "application/json");
        if let Some(cookies) = &self.cookies {
            request = request.header("cookie", cookies);
        }
        let request = request.extension(self.client.clone()).body(Body::from(body.to_string()));
        crate::send(&self.router, request.expect("a request")).await
    }

    /// Logs in, or tries to.
    pub async fn log_in(&self, username: &str, password: &str) -> Answer {
        self.post("/api/token/", json!({ "username": username, "password": password })).await
    }

    /// The status of a login.
    pub async fn try_login(&self, username: &str, password: &str) -> u16 {
        self.log_in(username, password).await.status.as_u16()
    }
}
