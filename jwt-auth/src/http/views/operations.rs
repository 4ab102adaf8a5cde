//! The views in an OpenAPI document, as they answer under the hardened settings.

use super::bodies::*;
use super::{Credentials, ObtainResponse, ObtainView, RefreshView};
use crate::http::described::{Described, Schemas, UNAVAILABLE, any_object, refusal, schemas};
use crate::http::rejection::ErrorBody;
use crate::http::state::UserState;
use crate::http::view::View;
use utoipa::ToSchema;
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, Object, ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Ref, RefOr, Required, ResponseBuilder};

/// A body, and the schemas it refers to.
pub(crate) struct Body {
    schema: RefOr<Schema>,
    schemas: Schemas,
}

/// Id, summary, the two bodies, and what is refused with which status.
pub(crate) type TokenOperation = (&'static str, &'static str, (Body, Body), &'static [(&'static str, &'static str)]);

impl Body {
    pub(crate) fn of<T: ToSchema>() -> Self {
        Self { schema: Ref::from_schema_name(T::name()).into(), schemas: schemas::<T>() }
    }

    fn list_of<T: ToSchema>() -> Self {
        let Self { schema, schemas } = Self::of::<T>();
        Self { schema: ArrayBuilder::new().items(schema).into(), schemas }
    }
}

impl From<RefOr<Schema>> for Body {
    fn from(schema: RefOr<Schema>) -> Self {
        Self { schema, schemas: Vec::new() }
    }
}

pub(crate) fn obtain_bodies<S: UserState, V: ObtainView<S>>() -> (Body, Body) {
    (V::Request::openapi_schema().into(), V::Response::openapi_schema().into())
}

pub(crate) fn refresh_bodies<S: UserState, V: RefreshView<S>>() -> (Body, Body) {
    (Body::of::<TokenRefreshRequest>(), V::openapi_schema().into())
}

/// A token view at this path; `own` are the bodies of the application's own.
pub(crate) fn token_view(view: View, path: &str, own: Option<(Body, Body)>) -> Described {
    let nothing = || Body::from(any_object());
    let (id, summary, (request, response), refusals): TokenOperation = match view {
        View::Obtain => {
            let shipped = || (Body::of::<TokenObtainPairRequest>(), Body::of::<TokenObtainPairResponse>());
            ("token_obtain_pair", "Logs in.", own.unwrap_or_else(shipped), &[CREDENTIALS, THROTTLED])
        }
        View::Refresh => {
            let shipped = || (Body::of::<TokenRefreshRequest>(), Body::of::<TokenRefreshResponse>());
            (
                "token_refresh",
                "Refreshes: the next tokens for a refresh token.",
                own.unwrap_or_else(shipped),
                &[TOKEN, NO_KEY, CONFLICT],
            )
        }
        View::Verify => {
            ("token_verify", "Says whether a token is good.", (Body::of::<TokenVerifyRequest>(), nothing()), &[TOKEN])
        }
        View::Blacklist => {
            let bodies = (Body::of::<TokenBlacklistRequest>(), nothing());
            // Each has a name of its own in the document.
            let id = if path.ends_with("/logout") { "token_logout" } else { "token_blacklist" };
            (id, "Logs out: ends the session of a refresh token.", bodies, &[TOKEN, NO_STORE])
        }
        #[cfg(feature = "password")]
        View::Reauthenticate => {
            let bodies = (Body::of::<TokenReauthenticateRequest>(), Body::of::<TokenRefreshResponse>());
            let summary = "Proves anew who the user is, and answers the next tokens (RFC 9470).";
            ("token_reauthenticate", summary, bodies, &[CREDENTIALS, NO_STORE, CONFLICT, THROTTLED])
        }
        View::ObtainSliding | View::RefreshSliding => crate::django::sliding_operation(view),
    };
    taking(id, summary, request, response, refusals)
}

/// An operation that reads a body, and says so where it cannot.
fn taking(id: &str, summary: &str, request: Body, response: Body, refusals: &[(&str, &str)]) -> Described {
    let body = RequestBodyBuilder::new().required(Some(Required::True));
    let body = body.content(JSON, Content::new(Some(request.schema))).build();
    let invalid = Content::new(Some(Ref::from_schema_name(INVALID_BODY)));
    let invalid = ResponseBuilder::new().description("The body is not what the view asks for.").content(JSON, invalid);
    let operation = OperationBuilder::new()
        .request_body(Some(body))
        .response("400", invalid)
        .response("413", refusal("413", "The body is too large."))
        .response("415", refusal("415", "The body is of another media type than JSON."))
        .response("503", refusal("503", UNAVAILABLE));
    let mut described = answering(id, operation, summary, response, refusals);
    described.schemas.extend(request.schemas);
    described.schemas.push((INVALID_BODY.to_owned(), invalid_body().into()));
    described
}

pub(crate) fn list_sessions() -> Described {
    let list = Body::list_of::<SessionResponse>();
    answering("list_sessions", OperationBuilder::new(), "The caller's sessions, the youngest first.", list, &[NO_STORE])
}

pub(crate) fn end_session() -> Described {
    let sid = ParameterBuilder::new().name("sid").parameter_in(ParameterIn::Path).required(Required::True);
    let sid = sid.schema(Some(ObjectBuilder::new().schema_type(Type::String)));
    let ended = ResponseBuilder::new().description("The session is over.");
    let operation = OperationBuilder::new().parameter(sid).response("204", ended);
    described("end_session", operation, "Ends one of the caller's sessions.", &[NO_SESSION])
}

pub(crate) fn end_all_sessions() -> Described {
    let summary = "Ends all of the caller's sessions, this one too.";
    answering("end_all_sessions", OperationBuilder::new(), summary, any_object().into(), &[NO_STORE])
}

pub(crate) fn end_other_sessions() -> Described {
    let (request, response) = (Body::of::<TokenRefreshRequest>(), Body::of::<TokenRefreshResponse>());
    let summary = "Ends all of the caller's sessions but that of the refresh token, and answers its next tokens.";
    taking("end_other_sessions", summary, request, response, &[TOKEN, NO_STORE, CONFLICT])
}

pub(crate) fn token_ticket() -> Described {
    let ticket = Body::of::<TicketResponse>();
    let summary = "Answers a ticket, for one request that cannot send a header.";
    answering("token_ticket", OperationBuilder::new(), summary, ticket, &[NO_KEY])
}

pub(crate) fn jwks() -> Described {
    let keys = Content::new(Some(any_object()));
    let set = ResponseBuilder::new().description("A JWK set (RFC 7517 5).").content("application/jwk-set+json", keys);
    let known = ResponseBuilder::new().description("The client has it already.");
    let operation = OperationBuilder::new().response("200", set).response("304", known);
    described("jwks", operation, "The public keys that tokens are checked with.", &[])
}

pub(crate) fn discovery() -> Described {
    let found = Content::new(Some(any_object()));
    let document = ResponseBuilder::new().description("`issuer`, `jwks_uri` and algorithms.").content(JSON, found);
    let known = ResponseBuilder::new().description("The client has it already.");
    let operation = OperationBuilder::new().response("200", document).response("304", known);
    described("discovery", operation, "Where the public keys of this issuer are.", &[])
}

const JSON: &str = "application/json";
const INVALID_BODY: &str = "JwtAuthInvalidBody";

pub(crate) const CREDENTIALS: (&str, &str) = ("401", "The credentials are not good; nothing says why.");
pub(crate) const TOKEN: (&str, &str) = ("401", "The token is not good. For a refresh token: log in again.");
const NO_KEY: (&str, &str) = ("404", "This service signs no tokens.");
const NO_STORE: (&str, &str) = ("404", "There is no store that knows sessions.");
const NO_SESSION: (&str, &str) = ("404", "There is no such living session of the caller's.");
/// With `login_throttle`.
pub(crate) const THROTTLED: (&str, &str) =
    ("429", "`throttled`: too many logins of this name, or from this address, have failed.");
const CONFLICT: (&str, &str) = ("409", "`refresh_conflict`: refreshed elsewhere a moment ago; use the newer token.");

fn answering(id: &str, operation: OperationBuilder, summary: &str, body: Body, refusals: &[(&str, &str)]) -> Described {
    let done = ResponseBuilder::new().description("Done.").content(JSON, Content::new(Some(body.schema)));
    let mut described = described(id, operation.response("200", done), summary, refusals);
    described.schemas.extend(body.schemas);
    described
}

fn described(id: &str, operation: OperationBuilder, summary: &str, refusals: &[(&str, &str)]) -> Described {
    let answer = |operation: OperationBuilder, (status, text): &(&str, &str)| {
        operation.response(*status, refusal(status, *text))
    };
    let operation = refusals.iter().fold(operation.operation_id(Some(id)).summary(Some(summary)), answer);
    Described { operation: Box::new(operation.build()), schemas: schemas::<ErrorBody>() }
}

/// `{"detail": ".."}`, or DRF's messages for each field.
fn invalid_body() -> Object {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let member = AnyOfBuilder::new().item(text()).item(ArrayBuilder::new().items(text()));
    let invalid = ObjectBuilder::new().description(Some("Messages by field; `detail` for what concerns no field."));
    invalid.additional_properties(Some(RefOr::T(Schema::from(member.build())))).build()
}
