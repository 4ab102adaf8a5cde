//! A browser, as far as cookies go: it keeps what answers set and sends it along.

use crate::Answer;
use axum::Router;
use axum::body::Body;
use http::{Method, Request};
use serde_json::Value;
use std::collections::BTreeMap;

/// A browser on a page of `https://api.example.test`, unless told otherwise.
#[derive(Clone, Debug)]
pub struct Browser {
    /// What it asks.
    pub router: Router,
    /// The cookies it has.
    pub jar: BTreeMap<String, String>,
    /// What it sends with each request beside the cookies.
    pub headers: Vec<(&'static str, String)>,
}

impl Browser {
    /// One without cookies.
    pub fn new(router: &Router) -> Self {
        let headers =
            [("host", "api.example.test"), ("sec-fetch-site", "same-origin"), ("origin", "https://api.example.test")];
        let headers = headers.into_iter().map(|(name, value)| (name, value.to_owned())).collect();
        Self { router: router.clone(), jar: BTreeMap::new(), headers }
    }

    /// The same, which sends this in place of what it has of that name; nothing for `None`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<&str>) -> Self {
        self.headers.retain(|(other, _)| *other != name);
        self.headers.extend(value.map(|value| (name, value.to_owned())));
        self
    }

    /// Logs in as `test` and returns the answer; the CSRF token is sent from now on.
    ///
    /// # Panics
    /// When the answer has none.
    pub async fn log_in(&mut self) -> Answer {
        let answer = self.post("/api/token/", serde_json::json!({ "username": "test", "password": "test" })).await;
        *self = self.clone().with("x-csrf-token", Some(&answer.member("csrf_token")));
        answer
    }

    /// GETs.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POSTs JSON.
    pub async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// Sends anything.
    ///
    /// # Panics
    /// When the answer sets a cookie that a browser would not take.
    pub async fn send(&mut self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let answer = crate::send(&self.router, request.body(body).expect("a request")).await;
        for cookie in answer.headers.get_all("set-cookie") {
            self.take(cookie.to_str().expect("text"));
        }
        answer
    }

    fn take(&mut self, cookie: &str) {
        let mut parts = cookie.split("; ");
        let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).expect("a pair");
        let attributes: Vec<&str> = parts.collect();
        assert!(name.len() + value.len() <= 4096, "a browser drops it");
        if name.starts_with("__Host-") {
            assert!(attributes.contains(&"Secure") && attributes.contains(&"Path=/"), "{attributes:?}");
            assert!(!attributes.iter().any(|attribute| attribute.starts_with("Domain")), "{attributes:?}");
        }
        if attributes.contains(&"Max-Age=0") {
            self.jar.remove(name);
        } else {
            self.jar.insert(name.to_owned(), value.to_owned());
        }
    }
}
