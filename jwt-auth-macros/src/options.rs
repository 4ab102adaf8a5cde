//! The options of an attribute: a struct with a field for each, and one way to say what is wrong with a word.

use crate::ctxt::Ctxt;
use crate::suggest::hint;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Token, Type, parenthesized, token};

/// One option of an attribute.
pub(crate) struct Opt<T> {
    name: Option<Ident>,
    value: Option<T>,
}

impl<T> Opt<T> {
    pub(crate) fn is_given(&self) -> bool {
        self.name.is_some()
    }

    /// Its name as it was written.
    pub(crate) fn name(&self) -> Option<&Ident> {
        self.name.as_ref()
    }

    /// Its value, unless there is something wrong with it.
    pub(crate) fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    /// Both.
    pub(crate) fn pair(&self) -> Option<(&Ident, &T)> {
        self.name.as_ref().zip(self.value.as_ref())
    }
}

impl<T> Default for Opt<T> {
    fn default() -> Self {
        Self { name: None, value: None }
    }
}

/// Where an option goes when it is read, by what stands behind its name.
pub(crate) enum Slot<'o> {
    /// Nothing: `user`.
    Nothing(&'o mut Opt<()>),
    /// A path: `crate = ::renamed`.
    Path(&'o mut Opt<Path>),
    /// A text, and how it is written: `fresh = "5m"`.
    Text(&'o mut Opt<LitStr>, &'static str),
    /// A type: `obtain = MyView`.
    Type(&'o mut Opt<Type>),
    /// Words in parentheses: `only(obtain, refresh)`.
    Words(&'o mut Opt<Vec<Ident>>),
}

/// The options of one attribute.
pub(crate) trait Options: Default {
    /// Each field with the option's name.
    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)>;
}

/// `crate = path`, which every attribute knows and some nothing else.
#[derive(Default)]
pub(crate) struct OnlyCrate {
    pub(crate) krate: Opt<Path>,
}

impl Options for OnlyCrate {
    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)> {
        vec![(CRATE, Slot::Path(&mut self.krate))]
    }
}

pub(crate) const CRATE: &str = "crate";

/// The names of the options.
pub(crate) fn names<O: Options>() -> Vec<&'static str> {
    O::default().slots().into_iter().map(|(name, _)| name).collect()
}

/// Reads one option, which [`is_option`] has seen.
pub(crate) fn read<O: Options>(options: &mut O, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<()> {
    let name = input.call(Ident::parse_any)?;
    let Some((_, slot)) = options.slots().into_iter().find(|(known, _)| name == known) else {
        let hint = hint(&name.to_string(), "known options", &names::<O>());
        cx.error(&name, format_args!("unknown option `{name}`{hint}"));
        skip_item(input);
        return Ok(());
    };
    match slot {
        Slot::Nothing(opt) => fill(opt, name, cx, |name, cx| Ok(nothing(name, input, cx))),
        Slot::Path(opt) => fill(opt, name, cx, |name, cx| path(name, input, cx)),
        Slot::Text(opt, example) => fill(opt, name, cx, |name, cx| Ok(text(name, example, input, cx))),
        Slot::Type(opt) => fill(opt, name, cx, |name, cx| ty(name, input, cx)),
        Slot::Words(opt) => fill(opt, name, cx, |name, cx| words(name, input, cx)),
    }
}

fn fill<T>(
    opt: &mut Opt<T>,
    name: Ident,
    cx: &mut Ctxt,
    read: impl FnOnce(&Ident, &mut Ctxt) -> syn::Result<Option<T>>,
) -> syn::Result<()> {
    if opt.is_given() {
        cx.error(&name, format_args!("`{name}` is given twice"));
    }
    let value = read(&name, cx)?;
    // The first one counts.
    if !opt.is_given() {
        *opt = Opt { name: Some(name), value };
    }
    Ok(())
}

/// Reads comma-separated items. Where one cannot be read, the next one still is.
pub(crate) fn each_item(
    args: TokenStream,
    cx: &mut Ctxt,
    mut item: impl FnMut(ParseStream<'_>, &mut Ctxt) -> syn::Result<()>,
) {
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = item(input, cx) {
                cx.push(error);
                skip_item(input);
            }
            if input.is_empty() {
                break;
            }
            if !input.peek(Token![,]) {
                let found = input.cursor().token_stream().into_iter().next();
                cx.error(found, "expected `,` before this");
                skip_item(input);
            }
            input.parse::<Option<Token![,]>>()?;
        }
        Ok(())
    };
    if let Err(error) = read.parse2(args) {
        cx.push(error);
    }
}

/// Whether an option comes next, rather than a rule or a literal: `word`, `word = ..`, `crate`.
pub(crate) fn is_option(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    if ahead.peek(Token![crate]) {
        return !ahead.peek2(Token![::]);
    }
    let Ok(word) = ahead.call(Ident::parse_any) else {
        return false;
    };
    let assigned = ahead.peek(Token![=]) && !ahead.peek(Token![==]);
    let alone = ahead.is_empty() || ahead.peek(Token![,]);
    assigned || (alone && word.to_string().starts_with(char::is_lowercase))
}

fn nothing(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> Option<()> {
    if !input.is_empty() && !input.peek(Token![,]) {
        cx.error(name, format_args!("`{name}` takes no value; write `{name}`"));
        skip_item(input);
        return None;
    }
    Some(())
}

fn path(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Option<Path>> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        cx.error(name, "`crate` needs a path; write `crate = ::renamed`");
        skip_item(input);
        return Ok(None);
    }
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        let message = "`crate` takes a path, not a string; write it without the quotes";
        cx.error(text, message);
        return Ok(None);
    }
    input.call(Path::parse_mod_style).map(Some)
}

fn text(name: &Ident, example: &str, input: ParseStream<'_>, cx: &mut Ctxt) -> Option<LitStr> {
    let written = format!("write `{name} = \"{example}\"`");
    match input.parse::<Option<Token![=]>>() {
        Ok(Some(_)) => {}
        _ => {
            cx.error(name, format_args!("`{name}` needs a value; {written}"));
            skip_item(input);
            return None;
        }
    }
    if let Some(text) = input.peek(LitStr).then(|| input.parse().ok()).flatten() {
        return Some(text);
    }
    let found = input.cursor().token_stream().into_iter().next();
    let place = found.map_or_else(|| name.to_token_stream(), ToTokens::into_token_stream);
    cx.error(place, format_args!("`{name}` takes a text in quotes; {written}"));
    skip_item(input);
    None
}

fn ty(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Option<Type>> {
    let message = format!("`{name}` takes a type of yours; write `{name} = MyView`");
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        cx.error(name, message);
        skip_item(input);
        return Ok(None);
    }
    let next = |input: ParseStream<'_>| input.cursor().token_stream().into_iter().next();
    let start = next(input);
    let ty = input.parse();
    let fault = match &ty {
        Ok(Type::Path(_)) if input.is_empty() || input.peek(Token![,]) => None,
        Ok(Type::Path(_)) => next(input),
        _ => start,
    };
    if let (Ok(ty), None) = (ty, &fault) {
        return Ok(Some(ty));
    }
    cx.error(fault, message);
    skip_item(input);
    Ok(None)
}

fn words(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Option<Vec<Ident>>> {
    if !input.peek(token::Paren) {
        cx.error(name, format_args!("`{name}` takes words in parentheses; write `{name}(..)`"));
        skip_item(input);
        return Ok(None);
    }
    let inside;
    parenthesized!(inside in input);
    let words = inside.parse_terminated(Ident::parse_any, Token![,])?;
    Ok(Some(words.into_iter().collect()))
}

/// Leaves the rest of a spoilt item out.
fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}
