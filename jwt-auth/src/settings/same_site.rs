//! Which requests of other sites carry a cookie.

/// The attribute `SameSite` of the cookies (RFC 6265bis, 5.6.7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// The access token comes along when somebody follows a link from another site; nothing else does.
    #[default]
    Lax,
    /// Nothing comes along from another site: who follows a link arrives logged out, until they reload.
    Strict,
    /// Everything comes along from pages of `allowed_origins` on other sites, in a jar of their own for each (`Partitioned`).
    None,
}
