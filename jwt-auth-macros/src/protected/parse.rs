//! What stands in the parentheses of `#[protected(..)]` and `#[public(..)]`.

use crate::ctxt::Ctxt;
use crate::guard_options::{GuardOptions, OPTIONS};
use crate::options::{CRATE, Given, each_item, is_option};
use crate::paths::Paths;
use crate::rule::{self, Rule};
use proc_macro2::TokenStream;

/// Which argument goes in front, and what it says.
pub(super) enum Gate {
    Protected { rule: Option<Rule>, options: GuardOptions, paths: Paths },
    Public { paths: Paths },
}

impl Gate {
    pub(super) fn protected(args: TokenStream, cx: &mut Ctxt) -> Self {
        let mut given = Given::default();
        let mut rule = None;
        each_item(args, cx, |input, cx| {
            if is_option(input) {
                return given.read(input, OPTIONS, cx);
            }
            rule::read(input, cx, &mut rule)
        });
        if let Some(rule) = &rule {
            rule::check(rule, cx);
        }
        let options = GuardOptions::of(&given, cx);
        Self::Protected { rule, options, paths: Paths::new(given.crate_path()) }
    }

    pub(super) fn public(args: TokenStream, cx: &mut Ctxt) -> Self {
        let mut given = Given::default();
        each_item(args, cx, |input, cx| {
            if is_option(input) {
                return given.read(input, &[CRATE], cx);
            }
            Err(input.error("`#[public]` takes no rule; write `#[protected(<rule>)]` to have one"))
        });
        Self::Public { paths: Paths::new(given.crate_path()) }
    }
}
