//! What flows know of who is at the other end; `http/client.rs` fills it in.

/// What is known of the device behind a request; that of the login is kept on the session for the user's own list of devices,
/// unless `record_client` is off.
///
/// The views take the address of the connection, or what a proxy among `trusted_proxies` says. Where the application knows
/// better (a Unix socket, a header of its own), its middleware puts a `Client` into the request's extensions, or its view
/// says so: [`ObtainView::client`](crate::views::ObtainView::client).
///
/// As an extractor it is the client of the request, for handlers that log in or refresh by themselves:
///
/// ```
/// # #[cfg(feature = "macros")] {
/// # use axum::{Json, extract::State};
/// # use jwt_auth::{AuthError, Client, JwtAuth, Secret, public, views::TokenRefreshResponse};
/// # #[derive(serde::Deserialize)] struct Renewal { refresh: Secret }
/// #[public]
/// async fn renew(
///     State(auth): State<JwtAuth>,
///     client: Client,
///     Json(sent): Json<Renewal>,
/// ) -> Result<Json<TokenRefreshResponse>, AuthError> {
///     Ok(Json(auth.refresh(sent.refresh.expose(), client).await?.into()))
/// }
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address, `192.0.2.1` or `2001:db8::1`, without a port.
    pub ip: Option<String>,
    /// Its `User-Agent`; of a longer one the views take 256 characters.
    pub user_agent: Option<String>,
}
