//! The options beside a rule: `user`, `live`, `ticket`, `fresh = "5m"`, `acr = "mfa"`.

use crate::ctxt::Ctxt;
use crate::duration::seconds;
use crate::options::{CRATE, Opt, Options, Slot};
use crate::paths::Paths;
use crate::spelled::spelled;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{LitStr, Path};

/// What `#[protected(..)]` and `rule!(..)` know, as it was written.
#[derive(Default)]
pub(crate) struct WrittenOptions {
    user: Opt<()>,
    live: Opt<()>,
    ticket: Opt<()>,
    fresh: Opt<LitStr>,
    acr: Opt<LitStr>,
    pub(crate) krate: Opt<Path>,
}

impl Options for WrittenOptions {
    fn slots(&mut self) -> Vec<(&'static str, Slot<'_>)> {
        vec![
            ("user", Slot::Nothing(&mut self.user)),
            ("live", Slot::Nothing(&mut self.live)),
            ("ticket", Slot::Nothing(&mut self.ticket)),
            ("fresh", Slot::Text(&mut self.fresh, "5m")),
            ("acr", Slot::Text(&mut self.acr, "mfa")),
            (CRATE, Slot::Path(&mut self.krate)),
        ]
    }
}

/// The options that were given, checked.
#[derive(Default)]
pub(crate) struct GuardOptions {
    user: bool,
    live: bool,
    ticket: bool,
    fresh: Option<(u64, Span)>,
    acr: Option<LitStr>,
}

impl GuardOptions {
    pub(crate) fn of(written: &WrittenOptions, cx: &mut Ctxt) -> Self {
        Self {
            user: written.user.is_given(),
            live: written.live.is_given(),
            ticket: written.ticket.is_given(),
            fresh: written.fresh.value().and_then(|text| Some((check_fresh(text, cx)?, text.span()))),
            acr: written.acr.value().filter(|text| check_acr(text, cx)).cloned(),
        }
    }

    /// `Fresh<300, WithUser>`; nothing when no option was given, which is the guard's default.
    pub(crate) fn as_type(&self, paths: &Paths) -> Option<TokenStream> {
        let mut ty = self.user.then(|| paths.item("WithUser", Span::call_site()));
        let without_value = [("Live", self.live), ("Ticket", self.ticket)];
        for (name, _) in without_value.into_iter().filter(|(_, given)| *given) {
            let option = paths.item(name, Span::call_site());
            ty = Some(ty.map_or_else(|| quote!(#option), |inner| quote!(#option<#inner>)));
        }
        if let Some((seconds, span)) = self.fresh {
            let fresh = paths.item("Fresh", span);
            let seconds = Literal::u64_unsuffixed(seconds);
            let inner = ty.into_iter();
            ty = Some(quote_spanned!(span=> #fresh<#seconds #(, #inner)*>));
        }
        if let Some(text) = &self.acr {
            let acr = paths.item("Acr", text.span());
            let words = spelled(text);
            let inner = ty.into_iter();
            ty = Some(quote!(#acr<#words #(, #inner)*>));
        }
        ty
    }
}

fn check_fresh(text: &LitStr, cx: &mut Ctxt) -> Option<u64> {
    match seconds(&text.value()) {
        Some(0) => {
            cx.error(text, "no proof of identity is that fresh; write how old it may be, as in `fresh = \"5m\"`");
            None
        }
        None => {
            cx.error(text, "not a duration; write a number with `s`, `m`, `h` or `d`, as in `fresh = \"5m\"`");
            None
        }
        some => some,
    }
}

fn check_acr(text: &LitStr, cx: &mut Ctxt) -> bool {
    let value = text.value();
    // What a quoted string of a header can hold (RFC 9110 5.6.4) without being escaped.
    let is_plain = |byte: u8| matches!(byte, b' ' | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let message = match value.len() {
        _ if value.trim().is_empty() => "an empty class; name one, as in `acr = \"mfa\"`".to_owned(),
        _ if !value.bytes().all(is_plain) => "a class is printable ASCII without `\"` and `\\`".to_owned(),
        1..=64 => return true,
        len => format!("classes of {len} bytes; 64 is the most an option can hold"),
    };
    cx.error(text, message);
    false
}
