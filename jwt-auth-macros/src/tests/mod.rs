//! Expansions at each level of need, and the words of the naming rules.

mod any_input;
mod mistakes;

use crate::permissions::parse::colon_case;
use proc_macro2::TokenStream;
use quote::quote;

fn pretty(expansion: TokenStream) -> String {
    // Without the version, so that the tests outlive it.
    let hidden = crate::paths::hidden_module();
    let expansion = expansion.to_string().replace(&hidden, "__private").parse::<TokenStream>().expect("tokens");
    prettyplease::unparse(&syn::parse2(expansion).expect("an expansion is Rust"))
}

#[track_caller]
fn expands(expansion: TokenStream, expected: &str) {
    assert_eq!(pretty(expansion).trim(), expected.trim());
}

#[test]
fn bare() {
    let item = quote!(
        async fn ping() -> &'static str {
            "pong"
        }
    );
    expands(
        crate::protected::protected(quote!(), item),
        r#"
async fn ping(
    _: ::jwt_auth::__private::Guard<::jwt_auth::__private::IsAuthenticated>,
) -> &'static str {
    "pong"
}"#,
    );
}

#[test]
fn open() {
    let item = quote!(
        pub async fn feed(body: String) {}
    );
    expands(
        crate::protected::public(quote!(), item),
        "pub async fn feed(_: ::jwt_auth::__private::Public, body: String) {}",
    );
}

#[test]
fn ruled() {
    let rule = quote!(Perm::A || acl::Perm::B && !IsGuest<u8>, user);
    expands(
        crate::protected::protected(
            rule,
            quote!(
                async fn f<T>(self_: T) {}
            ),
        ),
        r#"
async fn f<T>(
    _: ::jwt_auth::__private::Guard<
        ::jwt_auth::__private::Or<
            ::jwt_auth::__private::Has<
                Perm,
                { ::jwt_auth::__private::index::<Perm>(Perm::A as usize) },
            >,
            ::jwt_auth::__private::And<
                ::jwt_auth::__private::Has<
                    acl::Perm,
                    { ::jwt_auth::__private::index::<acl::Perm>(acl::Perm::B as usize) },
                >,
                ::jwt_auth::__private::Not<IsGuest<u8>>,
            >,
        >,
        ::jwt_auth::__private::WithUser,
    >,
    self_: T,
) {}"#,
    );
}

#[test]
fn stepped_up() {
    expands(
        crate::protected::protected(
            quote!(Perm::A, acr = "mfa", fresh = "1h30m", ticket, live, user),
            quote!(
                async fn f() {}
            ),
        ),
        &format!(
            r#"
async fn f(
    _: ::jwt_auth::__private::Guard<
        ::jwt_auth::__private::Has<
            Perm,
            {{ ::jwt_auth::__private::index::<Perm>(Perm::A as usize) }},
        >,
        ::jwt_auth::__private::Acr<
            3,
            {},
            0,
            0,
            0,
            ::jwt_auth::__private::Fresh<
                5400,
                ::jwt_auth::__private::Ticket<
                    ::jwt_auth::__private::Live<::jwt_auth::__private::WithUser>,
                >,
            >,
        >,
    >,
) {{}}"#,
            0x006d_6661_u128 << 104
        ),
    );
}

#[test]
fn texts_are_spelled_in_big_endian_words() {
    let rule = quote!(scope("ab"), crate = ::other);
    expands(
        crate::protected::protected(
            rule,
            quote!(
                async fn f() {}
            ),
        ),
        &format!(
            "async fn f(\n    _: ::other::__private::Guard<\n        ::other::__private::Scope<2, {}, 0, 0, 0>,\n    >,\n) {{}}",
            0x6162_u128 << 112
        ),
    );
}

#[test]
fn permissions() {
    let item = quote!(
        enum Perm {
            OrdersRead,
            #[permission("admin")]
            Admin,
        }
    );
    expands(
        crate::permissions::derive(item),
        r#"
#[automatically_derived]
impl ::jwt_auth::__private::PermissionSet for Perm {
    const NAMES: &'static [&'static str] = &["orders:read", "admin"];
    const __DERIVED: bool = true;
    fn index(&self) -> usize {
        match *self {
            Self::OrdersRead { .. } => 0,
            Self::Admin { .. } => 1,
        }
    }
}"#,
    );
}

#[test]
fn state() {
    let item = quote!(
        struct App<D: Db> {
            #[auth]
            auth: Auth,
            db: D,
        }
    );
    expands(
        crate::auth_state::derive(item),
        r#"
#[automatically_derived]
impl<D: Db> ::jwt_auth::__private::AuthState for App<D>
where
    Self: ::core::marker::Send + ::core::marker::Sync + 'static,
{
    type User = <Auth as ::jwt_auth::__private::AuthState>::User;
    fn jwt_auth(
        &self,
    ) -> &::jwt_auth::__private::JwtAuth<
        <Auth as ::jwt_auth::__private::AuthState>::User,
    > {
        <Auth as ::jwt_auth::__private::AuthState>::jwt_auth(&self.auth)
    }
}"#,
    );
}

#[test]
fn routes() {
    let item = quote!(
        fn urls() -> GuardedRouter<App> {
            GuardedRouter::new()
        }
    );
    expands(
        crate::token_routes::attach(quote!("/api/token", only(obtain)), item),
        r#"
fn urls() -> GuardedRouter<App> {
    #[allow(clippy::redundant_closure_call)]
    let router = (move || -> GuardedRouter<App> { GuardedRouter::new() })();
    ::jwt_auth::__private::TokenRoutes::at("/api/token")
        .only([::jwt_auth::__private::obtain_view::<()>()])
        .attach_to(router)
}"#,
    );
}

#[test]
fn routes_with_every_option() {
    let options = quote!("/token", only(obtain, refresh), obtain = app::Login<u8>, refresh = Refresh, ticket, discovery, jwks, sessions);
    let item = quote!(
        async fn urls() -> axum::Router<App> {
            router().await
        }
    );
    expands(
        crate::token_routes::attach(options, item),
        r#"
async fn urls() -> axum::Router<App> {
    #[allow(clippy::redundant_closure_call)]
    let router = (async move || -> axum::Router<App> { router().await })().await;
    ::jwt_auth::__private::TokenRoutes::at("/token")
        .only([
            ::jwt_auth::__private::View::Obtain,
            ::jwt_auth::__private::View::Refresh,
        ])
        .obtain::<app::Login<u8>>()
        .refresh::<Refresh>()
        .sessions()
        .jwks()
        .discovery()
        .ticket()
        .attach_to(router)
}"#,
    );
}

#[test]
fn names_are_words_with_colons() {
    for (variant, name) in [
        ("OrdersWrite", "orders:write"),
        ("Admin", "admin"),
        ("OrdersLinesRead", "orders:lines:read"),
        ("HTTPAdmin", "http:admin"),
        ("UseHTTP", "use:http"),
        ("OrdersV2Read", "orders:v2:read"),
        ("Orders_Write", "orders:write"),
        ("r#Type", "type"),
    ] {
        assert_eq!(colon_case(variant), name);
    }
}

#[test]
fn near_words_are_suggested() {
    let known = ["obtain", "refresh", "verify", "blacklist"];
    for (word, hint) in [
        ("refersh", "; did you mean `refresh`?"),
        ("obtian", "; did you mean `obtain`?"),
        ("blacklists", "; did you mean `blacklist`?"),
        ("logout", "; known views: `obtain`, `refresh`, `verify`, `blacklist`"),
    ] {
        assert_eq!(crate::suggest::hint(word, "known views", &known), hint);
    }
}

/// Every rule of two leaves and any negations: refused exactly when somebody without grants would pass through a negation.
#[test]
fn rules_that_absence_satisfies_are_refused() {
    let leaves = [("Perm::A", false), ("scope(\"a\")", false), ("IsAuthenticated", true)];
    for (a, a_passes) in leaves {
        for (b, b_passes) in leaves {
            for (negate_a, negate_b) in [(false, false), (false, true), (true, false), (true, true)] {
                for and in [true, false] {
                    if (negate_a && a_passes) || (negate_b && b_passes) {
                        continue;
                    }
                    let sign = |negate| if negate { "!" } else { "" };
                    let op = if and { "&&" } else { "||" };
                    let text = format!("{}{a} {op} {}{b}", sign(negate_a), sign(negate_b));
                    let (left, right) = (a_passes != negate_a, b_passes != negate_b);
                    let passes = if and { left && right } else { left || right };
                    let refused = passes && (negate_a || negate_b);
                    let args = text.parse().expect("tokens");
                    let expansion = crate::protected::protected(
                        args,
                        quote!(
                            async fn f() {}
                        ),
                    );
                    let said = expansion.to_string().contains("without any grant");
                    assert_eq!(said, refused, "{text}");
                }
            }
        }
    }
}

#[test]
fn a_rule_as_a_value_takes_the_option_user() {
    expands(
        quote!(const RULE: () = )
            .into_iter()
            .chain(crate::rule::value(quote!(IsAdminUser, user)))
            .chain(quote!(;))
            .collect(),
        r#"
const RULE: () = {
    ::jwt_auth::__private::RuleValue::<IsAdminUser, ::jwt_auth::__private::WithUser>::NEW
};"#,
    );
}

#[test]
fn described_handlers() {
    expands(
        {
            let routes = crate::routes::routes(quote!(list, orders::create::<App>));
            quote!(
                fn f() #routes
            )
        },
        r#"
fn f() {
    ::jwt_auth::__private::DescribedRoutes::new()
        .and::<__path_list, _, _>(list)
        .and::<orders::__path_create, _, _>(orders::create::<App>)
}"#,
    );
}
