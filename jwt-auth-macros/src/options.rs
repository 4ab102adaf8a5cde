//! The options of an attribute: a table of names, and one way to say what is wrong with a word.

use crate::ctxt::Ctxt;
use crate::suggest::hint;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{LitStr, Path, Token, Type, parenthesized, token};

/// One option that an attribute knows.
pub(crate) struct Opt {
    pub(crate) name: &'static str,
    pub(crate) takes: Takes,
}

/// What stands behind an option's name.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Takes {
    /// Nothing: `user`.
    Nothing,
    /// A path: `crate = ::renamed`.
    Path,
    /// A text, and how it is written: `fresh = "5m"`.
    Text(&'static str),
    /// A type: `obtain = MyView`.
    Type,
    /// Words in parentheses: `only(obtain, refresh)`.
    Words,
}

/// `crate = path`, which every attribute knows.
pub(crate) const CRATE: Opt = Opt { name: "crate", takes: Takes::Path };

/// The options that were given.
#[derive(Default)]
pub(crate) struct Given {
    options: Vec<(Ident, Value)>,
}

enum Value {
    Nothing,
    Path(Path),
    Text(LitStr),
    Type(Type),
    Words(Vec<Ident>),
    Bad,
}

impl Given {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The option's name as it was written.
    pub(crate) fn name(&self, name: &str) -> Option<&Ident> {
        self.find(name).map(|(name, _)| name)
    }

    /// The path of `crate = path`.
    pub(crate) fn crate_path(&self) -> Option<Path> {
        match self.find(CRATE.name) {
            Some((_, Value::Path(path))) => Some(path.clone()),
            _ => None,
        }
    }

    /// The option's text.
    pub(crate) fn text(&self, name: &str) -> Option<&LitStr> {
        match self.find(name) {
            Some((_, Value::Text(text))) => Some(text),
            _ => None,
        }
    }

    /// The option's name as it was written, and its type.
    pub(crate) fn ty(&self, name: &str) -> Option<(&Ident, &Type)> {
        match self.find(name) {
            Some((name, Value::Type(ty))) => Some((name, ty)),
            _ => None,
        }
    }

    /// The option's name as it was written, and its words.
    pub(crate) fn words(&self, name: &str) -> Option<(&Ident, &[Ident])> {
        match self.find(name) {
            Some((name, Value::Words(words))) => Some((name, words)),
            _ => None,
        }
    }

    fn find(&self, name: &str) -> Option<&(Ident, Value)> {
        self.options.iter().find(|(known, _)| known == name)
    }

    /// Reads one option, which [`is_option`] has seen.
    pub(crate) fn read(&mut self, input: ParseStream<'_>, known: &[Opt], cx: &mut Ctxt) -> syn::Result<()> {
        let name = input.call(Ident::parse_any)?;
        let Some(opt) = known.iter().find(|opt| name == opt.name) else {
            let names: Vec<&str> = known.iter().map(|opt| opt.name).collect();
            let hint = hint(&name.to_string(), "known options", &names);
            cx.error(&name, format_args!("unknown option `{name}`{hint}"));
            skip_item(input);
            return Ok(());
        };
        if self.has(opt.name) {
            cx.error(&name, format_args!("`{name}` is given twice"));
        }
        let value = match opt.takes {
            Takes::Nothing => nothing(&name, input, cx),
            Takes::Path => path(&name, input, cx)?,
            Takes::Text(example) => text(&name, example, input, cx),
            Takes::Type => ty(&name, input, cx)?,
            Takes::Words => words(&name, input, cx)?,
        };
        self.options.push((name, value));
        Ok(())
    }
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

fn nothing(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> Value {
    if !input.is_empty() && !input.peek(Token![,]) {
        cx.error(name, format_args!("`{name}` takes no value; write `{name}`"));
        skip_item(input);
    }
    Value::Nothing
}

fn path(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Value> {
    if input.parse::<Option<Token![=]>>()?.is_none() {
        cx.error(name, "`crate` needs a path; write `crate = ::renamed`");
        skip_item(input);
        return Ok(Value::Bad);
    }
    if input.peek(LitStr) {
        let text: LitStr = input.parse()?;
        let message = "`crate` takes a path, not a string; write it without the quotes";
        cx.error(text, message);
        return Ok(Value::Bad);
    }
    input.call(Path::parse_mod_style).map(Value::Path)
}

fn text(name: &Ident, example: &str, input: ParseStream<'_>, cx: &mut Ctxt) -> Value {
    let written = format!("write `{name} = \"{example}\"`");
    match input.parse::<Option<Token![=]>>() {
        Ok(Some(_)) => {}
        _ => {
            cx.error(name, format_args!("`{name}` needs a value; {written}"));
            skip_item(input);
            return Value::Bad;
        }
    }
    if let Some(text) = input.peek(LitStr).then(|| input.parse().ok()).flatten() {
        return Value::Text(text);
    }
    let found = input.cursor().token_stream().into_iter().next();
    let place = found.map_or_else(|| name.to_token_stream(), ToTokens::into_token_stream);
    cx.error(place, format_args!("`{name}` takes a text in quotes; {written}"));
    skip_item(input);
    Value::Bad
}

fn ty(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Value> {
    let message = format!("`{name}` takes a type of yours; write `{name} = MyView`");
    if input.parse::<Option<Token![=]>>()?.is_none() || input.is_empty() || input.peek(Token![,]) {
        cx.error(name, message);
        skip_item(input);
        return Ok(Value::Bad);
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
        return Ok(Value::Type(ty));
    }
    cx.error(fault, message);
    skip_item(input);
    Ok(Value::Bad)
}

fn words(name: &Ident, input: ParseStream<'_>, cx: &mut Ctxt) -> syn::Result<Value> {
    if !input.peek(token::Paren) {
        cx.error(name, format_args!("`{name}` takes words in parentheses; write `{name}(..)`"));
        skip_item(input);
        return Ok(Value::Bad);
    }
    let inside;
    parenthesized!(inside in input);
    let words = inside.parse_terminated(Ident::parse_any, Token![,])?;
    Ok(Value::Words(words.into_iter().collect()))
}

/// Leaves the rest of a spoilt item out.
fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}
