//! From tokens to a rule. Precedence is Rust's: `!` before `&&` before `||`.

use super::Rule;
use crate::ctxt::Ctxt;
use crate::guard_options::WrittenOptions;
use crate::options;
use crate::paths::keyword_in;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::ParseStream;
use syn::{Lit, LitStr, Path, Token, parenthesized, token};

/// Reads the one rule of an attribute.
pub(crate) fn read(input: ParseStream<'_>, cx: &mut Ctxt, slot: &mut Option<Rule>) -> syn::Result<()> {
    let start = input.cursor().token_stream().into_iter().next();
    let rule = any_of(input, cx)?;
    if !input.is_empty() && !input.peek(Token![,]) {
        return Err(input.error("expected `&&`, `||` or `,`"));
    }
    if slot.is_some() {
        cx.error(start, "a second rule; join rules with `&&` or `||`");
    }
    slot.get_or_insert(rule);
    Ok(())
}

fn any_of(input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Rule> {
    let mut rule = all_of(input, cx)?;
    while let Some(or) = eat_or(input, cx)? {
        rule = match right_of(or, input, cx) {
            true => Rule::Or(Box::new(rule), Box::new(all_of(input, cx)?)),
            false => Rule::Bad,
        };
    }
    Ok(rule)
}

fn all_of(input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Rule> {
    let mut rule = single(input, cx)?;
    while let Some(and) = eat_and(input, cx)? {
        rule = match right_of(and, input, cx) {
            true => Rule::And(Box::new(rule), Box::new(single(input, cx)?)),
            false => Rule::Bad,
        };
    }
    Ok(rule)
}

/// Whether anything stands right of an operator.
fn right_of(operator: TokenStream, input: ParseStream<'_>, cx: &mut Ctxt) -> bool {
    let missing = input.is_empty() || input.peek(Token![,]);
    if missing {
        cx.error(operator, "a rule is missing after this");
    }
    !missing
}

fn eat_or(input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Option<TokenStream>> {
    if input.peek(Token![|]) && !input.peek(Token![||]) {
        let bar: Token![|] = input.parse()?;
        cx.error(bar, "write `||` for \"or\" in a rule");
        return Ok(Some(bar.to_token_stream()));
    }
    let or: Option<Token![||]> = input.parse()?;
    Ok(or.map(ToTokens::into_token_stream))
}

fn eat_and(input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Option<TokenStream>> {
    if input.peek(Token![&]) && !input.peek(Token![&&]) {
        let ampersand: Token![&] = input.parse()?;
        cx.error(ampersand, "write `&&` for \"and\" in a rule");
        return Ok(Some(ampersand.to_token_stream()));
    }
    let and: Option<Token![&&]> = input.parse()?;
    Ok(and.map(ToTokens::into_token_stream))
}

fn single(input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Rule> {
    if let Some(not) = input.parse::<Option<Token![!]>>()? {
        if !right_of(not.to_token_stream(), input, cx) {
            return Ok(Rule::Bad);
        }
        return Ok(Rule::Not(not, Box::new(single(input, cx)?)));
    }
    if input.peek(token::Paren) {
        let inside;
        let parens = parenthesized!(inside in input);
        if inside.is_empty() {
            let message = "empty parentheses; put a rule between them";
            cx.push(syn::Error::new(parens.span.join(), message));
            return Ok(Rule::Bad);
        }
        let rule = any_of(&inside, cx)?;
        if !inside.is_empty() {
            return Err(inside.error("expected `&&`, `||` or `)`"));
        }
        return Ok(rule);
    }
    if input.peek(Lit) {
        let literal: Lit = input.parse()?;
        let message = match &literal {
            Lit::Str(text) => {
                let text = text.value();
                format!(
                    "a string is no rule; write `scope({text:?})` or `role({text:?})`, or a permission as `Perm::X`"
                )
            }
            _ => "a literal is no rule; name a permission, a scope, a role or a rule type".to_owned(),
        };
        cx.error(literal, message);
        return Ok(Rule::Bad);
    }
    if input.is_empty() || input.peek(Token![,]) {
        return Err(input.error("a rule is missing here"));
    }
    leaf(input, cx)
}

fn leaf(input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Rule> {
    let path: Path = input.parse().map_err(|error| {
        syn::Error::new(
            error.span(),
            "expected a rule: a permission (`Perm::X`), `scope(\"..\")`, `role(\"..\")` or a rule type",
        )
    })?;
    if let Some(word) = keyword_in(&path) {
        return Err(syn::Error::new_spanned(word, "`try` is a keyword and names no rule"));
    }
    if let Some(word) =
        path.get_ident().filter(|word| options::names::<WrittenOptions>().iter().any(|option| *word == option))
    {
        let message = format!("`{word}` is an option and no rule; write it after a comma beside the rule");
        return Err(syn::Error::new_spanned(word, message));
    }
    if input.peek(token::Paren) {
        let inside;
        parenthesized!(inside in input);
        return Ok(function(&path, &inside, cx));
    }
    if !is_permission(&path) {
        return Ok(Rule::Type(path));
    }
    if let Some(segment) = path.segments.iter().find(|segment| !segment.arguments.is_none()) {
        cx.error(&segment.arguments, "a permission is the variant of an enum without parameters; remove this");
        return Ok(Rule::Bad);
    }
    Ok(Rule::Permission(path))
}

/// `scope("..")`, `role("..")`, and their kin of Django.
fn function(path: &Path, inside: ParseStream<'_>, cx: &mut Ctxt) -> Rule {
    let kind = path.get_ident().map(Ident::to_string);
    let wrap = match kind.as_deref() {
        Some("scope") => Rule::Scope,
        Some("role") => Rule::Role,
        Some("DjangoPermission") => Rule::DjangoPermission,
        Some("DjangoGroup") => Rule::DjangoGroup,
        _ => {
            let message = "rules have the functions `scope(\"..\")`, `role(\"..\")`, `DjangoPermission(\"..\")` and `DjangoGroup(\"..\")` only; join rules with `&&` and `||`";
            cx.error(path, message);
            drain(inside);
            return Rule::Bad;
        }
    };
    let text = inside.parse::<LitStr>().ok().filter(|_| inside.is_empty());
    drain(inside);
    match text {
        Some(text) => wrap(text),
        None => {
            let kind = kind.unwrap_or_default();
            cx.error(path, format_args!("`{kind}` takes one string; write `{kind}(\"..\")`"));
            Rule::Bad
        }
    }
}

fn drain(input: ParseStream<'_>) {
    while input.parse::<TokenTree>().is_ok() {}
}

/// A variant of an enum, by Rust's naming: in `Perm::X` and `acl::Perm::X` a type stands before the last segment, in
/// `rules::IsOwner` a module.
fn is_permission(path: &Path) -> bool {
    let before_last = path.segments.iter().rev().nth(1);
    before_last.is_some_and(|segment| segment.ident.to_string().starts_with(char::is_uppercase))
}
