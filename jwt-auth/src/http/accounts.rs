//! From a name or a password that was refused to an answer.

use super::rejection::json;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::error::AuthError;
#[cfg(feature = "password")]
use crate::password::NewPasswordError;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
use crate::user::CreateUserError;
use ::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeMap;

/// 400 in the shape of a serializer of DRF's that says no, under `password`.
#[cfg(feature = "password")]
impl IntoResponse for NewPasswordError {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(faults) => invalid("password", faults.iter().map(ToString::to_string).collect()),
            Self::Auth(error) => error.into_response(),
        }
    }
}

/// 400 in the shape of a serializer of DRF's that says no, under `username` or `password`; 503 for the database. What is no hash is a
/// fault of the program: 500.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
impl IntoResponse for CreateUserError {
    fn into_response(self) -> Response {
        match self {
            // Django's words.
            Self::NameTaken => invalid("username", vec!["A user with that username already exists.".to_owned()]),
            Self::Username(error) => invalid("username", vec![error.to_string()]),
            Self::EmptyPassword => invalid("password", vec!["This field may not be blank.".to_owned()]),
            #[cfg(feature = "password")]
            Self::WeakPassword(faults) => invalid("password", faults.iter().map(ToString::to_string).collect()),
            #[cfg(feature = "password")]
            Self::Password(error) => invalid("password", vec![error.to_string()]),
            Self::NotAHash => AuthError::Misconfigured(
                "a user is made with what is no password hash: make one with `JwtAuth::hash_password`",
            )
            .into_response(),
            Self::Store(error) => AuthError::from(error).into_response(),
        }
    }
}

fn invalid(field: &str, messages: Vec<String>) -> Response {
    json(StatusCode::BAD_REQUEST, &BTreeMap::from([(field, messages)]))
}
