//! What routes say of themselves in an OpenAPI document.

use super::guard_options::GuardOptions;
use super::rejection::ErrorBody;
use super::rule::Rule;
use super::state::AuthState;
use crate::error::StepUp;
use std::fmt;
use utoipa::ToSchema;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Content, Header, Ref, RefOr, Response, ResponseBuilder};

/// An operation, and the schemas it refers to.
#[derive(Clone)]
pub(crate) struct Described {
    pub(crate) operation: Box<Operation>,
    pub(crate) schemas: Schemas,
}

/// Schemas with the names they are referred to by.
pub(crate) type Schemas = Vec<(String, RefOr<Schema>)>;

/// The refusals that a guard may answer with; by default none, as for a public handler.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Refusals {
    is_guarded: bool,
    takes_ticket: bool,
    steps_up: bool,
    forbids: bool,
}

impl Refusals {
    pub(crate) fn of<S: AuthState, R: Rule<S>, O: GuardOptions<S>>() -> Self {
        let asked = [O::DEMANDS.step_up, R::__DEMANDS.step_up];
        Self {
            is_guarded: true,
            takes_ticket: O::DEMANDS.ticket || R::__DEMANDS.ticket,
            steps_up: asked != [StepUp::default(); 2],
            forbids: R::NEEDS_GRANT,
        }
    }

    /// Those of both, one guard standing behind the other.
    pub(crate) fn and(self, outer: Self) -> Self {
        Self {
            is_guarded: self.is_guarded || outer.is_guarded,
            // Who gets past the outer one with a token still has it.
            takes_ticket: if outer.is_guarded { outer.takes_ticket } else { self.takes_ticket },
            steps_up: self.steps_up || outer.steps_up,
            forbids: self.forbids || outer.forbids,
        }
    }

    pub(crate) fn is_guarded(self) -> bool {
        self.is_guarded
    }

    /// Whether a ticket in the query will do for a token.
    pub(crate) fn takes_ticket(self) -> bool {
        self.takes_ticket
    }

    /// The answers, by status.
    pub(crate) fn responses(self, rule: &str) -> impl Iterator<Item = (&'static str, Response)> {
        let token = "There is no good access token.";
        let token = if self.steps_up {
            format!("{token} Or the user proved too long ago, or too weakly, who they are (RFC 9470): `{rule}`.")
        } else {
            token.to_owned()
        };
        let answers = [
            (self.is_guarded, "401", token),
            (self.forbids, "403", format!("The rule refuses the caller: `{rule}`.")),
            (self.is_guarded, "503", UNAVAILABLE.to_owned()),
        ];
        answers.into_iter().filter(|(is_given, ..)| *is_given).map(|(_, status, text)| (status, refusal(status, text)))
    }
}

/// A store could not be asked.
pub(crate) const UNAVAILABLE: &str = "It cannot be decided now: a store does not answer.";

/// An answer with the body of a [`Rejection`](super::rejection::Rejection).
pub(crate) fn refusal(status: &str, description: impl Into<String>) -> Response {
    let body = Content::new(Some(Ref::from_schema_name(ErrorBody::name())));
    let response = ResponseBuilder::new().description(description).content("application/json", body);
    let response = match status {
        "401" | "403" => response.header("WWW-Authenticate", header(Type::String, "The challenge of RFC 6750 3.")),
        "409" | "429" | "503" => response.header("Retry-After", header(Type::Integer, "Seconds.")),
        _ => response,
    };
    response.build()
}

/// A type's schema under its name, and those it refers to.
pub(crate) fn schemas<T: ToSchema>() -> Schemas {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    schemas
}

/// The schema of what nobody has described.
pub(crate) fn any_object() -> RefOr<Schema> {
    ObjectBuilder::new().into()
}

fn header(kind: Type, description: &str) -> Header {
    let mut header = Header::new(ObjectBuilder::new().schema_type(kind).build());
    header.description = Some(description.to_owned());
    header
}

// utoipa's types can be printed with a feature only.
impl fmt::Debug for Described {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Described").field("operation_id", &self.operation.operation_id).finish_non_exhaustive()
    }
}
