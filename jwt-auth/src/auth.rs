//! The assembled whole: settings, keys and stores, checked once.

use crate::error::AuthError;
use crate::verify::VerifiedToken;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// An application without users of its own, which only looks at claims: the default of [`JwtAuth`].
///
/// It does not implement [`User`](crate::User), so `CurrentUser` and the option `user` do not compile with it.
#[derive(Clone, Copy, Debug)]
pub enum NoUser {}

/// Everything the views, guards and extractors need; cheap to clone.
pub struct JwtAuth<U = NoUser> {
    inner: Arc<Inner<U>>,
}

struct Inner<U> {
    user: PhantomData<fn() -> U>,
}

impl<U> Clone for JwtAuth<U> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<U> fmt::Debug for JwtAuth<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = self.inner.user;
        f.debug_struct("JwtAuth").finish_non_exhaustive()
    }
}

impl<U: Send + Sync + 'static> JwtAuth<U> {
    /// Raw token to verified claims, revocation included (floor 3: authentication.rs)
    pub fn authenticate(&self, token: &str) -> Result<VerifiedToken, AuthError> {
        let _ = token;
        todo!()
    }
    /// The settings it was built from.
    pub fn settings(&self) -> &crate::Settings {
        todo!()
    }
}
