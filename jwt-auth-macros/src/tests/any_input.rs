//! Whatever stands in an attribute and below it. Called with the kept corpus here, and with whatever libFuzzer makes up in `fuzz/`.

use proc_macro2::TokenStream;

/// The first byte chooses the macro; the attribute's arguments end with the first line, and the rest is what stands below. The outcome is Rust whenever what was
/// given is Rust, the same each time, and a handler is never left open: where nothing is complained about, there is a guard.
pub(crate) fn macro_input(data: &[u8]) {
    const LONGEST: usize = 1024;
    let [which, rest @ ..] = data else { return };
    let Some(text) = std::str::from_utf8(rest).ok().filter(|text| text.len() <= LONGEST) else { return };
    let (arguments, item) = text.split_once('\n').unwrap_or((text, "async fn handler() {}"));
    let (Ok(arguments), Ok(item)) = (arguments.parse::<TokenStream>(), item.parse::<TokenStream>()) else { return };
    let expand = || match which % 7 {
        0 => crate::protected::protected(arguments.clone(), item.clone()),
        1 => crate::protected::public(arguments.clone(), item.clone()),
        2 => crate::rule::value(arguments.clone()),
        3 => crate::token_routes::attach(arguments.clone(), item.clone()),
        4 => crate::permissions::derive(item.clone()),
        5 => crate::auth_state::derive(item.clone()),
        _ => crate::routes::routes(arguments.clone()),
    };
    let expansion = expand();
    let shown = expansion.to_string();
    assert_eq!(expand().to_string(), shown);
    let complains = shown.contains("compile_error");
    match which % 7 {
        0 => assert!(complains || shown.contains("Guard <"), "{shown}"),
        1 => assert!(complains || shown.contains("Public"), "{shown}"),
        2 | 6 => assert!(syn::parse2::<syn::Expr>(expansion.clone()).is_ok(), "{shown}"),
        _ => {}
    }
    // Of what was no Rust the compiler complains itself, and an attribute stands above one item.
    let was_rust = syn::parse2::<syn::Item>(item).is_ok();
    if !complains && was_rust && !matches!(which % 7, 2 | 6) {
        assert!(syn::parse2::<syn::File>(expansion).is_ok(), "{shown}");
    }
}

#[cfg(test)]
#[test]
fn the_kept_corpus() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus/macro_input");
    let mut kept = 0;
    for file in std::fs::read_dir(folder).expect("a folder") {
        macro_input(&std::fs::read(file.expect("a file").path()).expect("a file"));
        kept += 1;
    }
    assert!(kept >= 8, "{kept}");
}
