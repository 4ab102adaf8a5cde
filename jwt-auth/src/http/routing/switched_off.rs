//! The methods of a guarded router whose features are off, so that the compiler names the feature.

use super::router::GuardedRouter;
#[cfg(not(feature = "openapi"))]
use crate::http::features::WithOpenapi;
#[cfg(not(feature = "typed-routing"))]
use crate::http::features::WithTypedRouting;

#[cfg(not(feature = "typed-routing"))]
#[doc(hidden)]
impl<S> GuardedRouter<S> {
    #[allow(missing_docs)]
    pub fn typed_get<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_post<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_put<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_patch<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_delete<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_head<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_options<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_trace<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn typed_connect<H>(self, _: H) -> Self
    where
        S: WithTypedRouting,
    {
        self
    }
}

#[cfg(not(feature = "openapi"))]
#[doc(hidden)]
impl<S> GuardedRouter<S> {
    #[allow(missing_docs)]
    pub fn routes<T>(self, _: T) -> Self
    where
        S: WithOpenapi,
    {
        self
    }

    #[allow(missing_docs)]
    pub fn openapi<T>(&self, document: T) -> T
    where
        S: WithOpenapi,
    {
        document
    }

    #[allow(missing_docs)]
    pub fn serve_openapi<T>(self, _: &str, _: T) -> Self
    where
        S: WithOpenapi,
    {
        self
    }
}
