//! The application's permissions as an enum.

pub(crate) mod claim_path;
mod grants;

pub(crate) use grants::{TextForm, Unreadable, names, permission_bits};

/// A closed set of permissions: a field-less enum with `#[derive(Permissions)]`. Written by hand it opens nothing.
///
/// Tokens and users carry the *names*; inside a request they become the bits of one `u128`, which is why an enum has at most
/// 128 variants. Bits never leave the process, so variants may be reordered freely.
///
/// ```
/// # #[cfg(feature = "macros")] {
/// use jwt_auth::{PermissionSet, Permissions};
///
/// #[derive(Permissions)]
/// enum Perm {
///     OrdersRead,
///     #[permission("admin")]
///     Admin,
/// }
///
/// assert_eq!(Perm::NAMES, ["orders:read", "admin"]);
/// assert_eq!(Perm::Admin.name(), "admin");
/// # }
/// ```
#[doc(alias = "AuthzBackend")]
#[doc(alias = "GrantedAuthority")]
#[doc(alias = "has_perm")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of permissions",
    label = "not an enum with `#[derive(Permissions)]`",
    note = "derive it: `#[derive(Permissions)] enum {Self} {{ .. }}`"
)]
pub trait PermissionSet: Send + Sync + 'static {
    /// The names, in the order of the variants.
    const NAMES: &'static [&'static str];

    /// The place of this permission in [`NAMES`](Self::NAMES).
    fn index(&self) -> usize;

    /// Whether the places are the numbers of the variants, as a rule takes them: only the derive sees to it. A rule over a set that was
    /// written by hand refuses everybody.
    #[doc(hidden)]
    const __DERIVED: bool = false;

    /// The name of this permission in tokens.
    fn name(&self) -> &'static str {
        Self::NAMES.get(self.index()).copied().unwrap_or_default()
    }
}

/// The bit of one name; 0 for a name that is not in the set, which is thereby ignored.
pub(crate) fn bit_of<E: PermissionSet>(name: &str) -> u128 {
    E::NAMES.iter().take(128).position(|known| *known == name).map_or(0, |index| 1 << index)
}
