//! What is left of an item with a mistake in it.

use proc_macro2::TokenStream;
use quote::quote;

#[test]
fn a_mistake_leaves_the_function_guarded() {
    let expansion = crate::protected::protected(
        quote!(usr),
        quote!(
            async fn f() {}
        ),
    )
    .to_string();
    assert!(expansion.contains("unknown option `usr`; did you mean `user`?"));
    let hidden = crate::paths::hidden_module();
    assert!(expansion.contains(&format!("_ : :: jwt_auth :: {hidden} :: Guard < :: jwt_auth :: {hidden} :: Nobody >")));
}

/// Whatever is wrong, nobody gets past what comes out of it.
#[test]
fn a_mistake_lets_nobody_pass() {
    let item = || {
        quote!(
            async fn f(a: A) {}
        )
    };
    let hidden = format!(":: jwt_auth :: {}", crate::paths::hidden_module());
    let nobody = [format!("< {hidden} :: Nobody"), format!("< {hidden} :: And < {hidden} :: Nobody")];
    for args in [
        "usr",
        "scope(\"a b\")",
        "A || 5",
        "!A::B",
        "A, fresh = 5",
        "A, B",
        "A & B",
        "A, crate = \"x\"",
        "A, user = 1",
        "A ||",
    ] {
        let args: TokenStream = args.parse().expect("tokens");
        let guarded = crate::protected::protected(args.clone(), item()).to_string();
        let value = crate::rule::value(args.clone()).to_string();
        assert!(guarded.contains("compile_error") && value.contains("compile_error"), "{args}");
        assert!(
            nobody.iter().any(|rule| guarded.contains(&format!("(_ : {hidden} :: Guard {rule}"))),
            "{args}: {guarded}"
        );
        assert!(nobody.iter().any(|rule| value.contains(&format!("RuleValue :: {rule}"))), "{args}: {value}");
    }
    let public = crate::protected::public(quote!(IsAdminUser), item()).to_string();
    assert!(public.contains("Nobody") && !public.contains("Public"), "{public}");
}

#[test]
#[should_panic(expected = "mistakes that nobody has read")]
fn mistakes_cannot_be_forgotten() {
    crate::ctxt::Ctxt::default().error(quote!(x), "a mistake");
}

#[test]
fn the_hidden_module_has_the_version() {
    assert_eq!(crate::paths::hidden_module(), format!("__private_{}", env!("CARGO_PKG_VERSION").replace('.', "_")));
}

/// An editor expands while its user types.
#[test]
fn a_half_typed_body_is_passed_on() {
    for body in [
        "let x = ;",
        "user.",
        "if let",
        "#",
        "match user { Some => , }",
        "let Some() = else",
        "a(,).await?.",
        "-> {} =>",
    ] {
        let body: TokenStream = body.parse().expect("tokens");
        let item = quote!(async fn f() -> GuardedRouter<App> { #body });
        for expansion in [
            crate::protected::protected(quote!(Perm::A && !Perm::B, user), item.clone()),
            crate::protected::public(quote!(), item.clone()),
            crate::token_routes::attach(quote!("/api/token"), item),
        ] {
            let expansion = expansion.to_string();
            assert!(expansion.contains(&body.to_string()), "{body} is not in {expansion}");
            assert!(!expansion.contains("compile_error"), "{expansion}");
        }
    }
}
