//! Where permissions are.

/// Where `#[protected(Perm::X)]` looks for permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PermissionsSource {
    /// In the token's `permissions_claim`.
    #[default]
    Claims,
    /// In the loaded user: every rule that names a permission then loads the user.
    User,
}
