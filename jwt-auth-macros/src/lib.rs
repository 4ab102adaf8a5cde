//! The attributes and derives of `jwt-auth`. Use them from there: `jwt_auth::protected` and so on.

mod auth_state;
mod ctxt;
mod handler;
mod options;
mod paths;
mod permissions;
mod protected;
mod rule;
mod suggest;
#[cfg(test)]
mod tests;
mod token_routes;

use proc_macro::TokenStream;

/// x
#[proc_macro_attribute]
pub fn protected(args: TokenStream, item: TokenStream) -> TokenStream {
    protected::protected(args.into(), item.into()).into()
}

/// x
#[proc_macro_attribute]
pub fn public(args: TokenStream, item: TokenStream) -> TokenStream {
    protected::public(args.into(), item.into()).into()
}

/// x
#[proc_macro]
pub fn rule(args: TokenStream) -> TokenStream {
    rule::value(args.into()).into()
}

/// x
#[proc_macro_derive(Permissions, attributes(permission))]
pub fn derive_permissions(item: TokenStream) -> TokenStream {
    permissions::derive(item.into()).into()
}

/// x
#[proc_macro_derive(AuthState, attributes(auth))]
pub fn derive_auth_state(item: TokenStream) -> TokenStream {
    auth_state::derive(item.into()).into()
}

/// x
#[proc_macro_attribute]
pub fn token_routes(args: TokenStream, item: TokenStream) -> TokenStream {
    token_routes::attach(args.into(), item.into()).into()
}
