//! What stands in the parentheses of `#[protected(..)]` and `#[public(..)]`.
//! The options (`fresh = "5m"` and its like) are read in `guard_options.rs`.

use crate::ctxt::Ctxt;
use crate::guard_options::{GuardOptions, WrittenOptions};
use crate::options::{self, OnlyCrate, each_item, is_option};
use crate::paths::Paths;
use crate::rule::{self, Rule};
use proc_macro2::TokenStream;

/// Which argument goes in front, and what it says.
pub(super) enum Gate {
    Protected { rule: Rule, options: GuardOptions, paths: Paths },
    Public { paths: Paths },
}

impl Gate {
    pub(super) fn protected(args: TokenStream, cx: &mut Ctxt) -> Self {
        let mut written = WrittenOptions::default();
        let mut rule = None;
        each_item(args, cx, |input, cx| {
            if is_option(input) {
                return options::read(&mut written, input, cx);
            }
            rule::read(input, cx, &mut rule)
        });
        if let Some(rule) = &rule {
            rule::check(rule, cx);
        }
        let options = GuardOptions::of(&written, cx);
        Self::Protected { rule: Rule::settled(rule, cx), options, paths: Paths::new(&written.krate) }
    }

    pub(super) fn public(args: TokenStream, cx: &mut Ctxt) -> Self {
        let mut written = OnlyCrate::default();
        each_item(args, cx, |input, cx| {
            if is_option(input) {
                return options::read(&mut written, input, cx);
            }
            Err(input.error("`#[public]` takes no rule; write `#[protected(<rule>)]` to have one"))
        });
        Self::Public { paths: Paths::new(&written.krate) }
    }

    /// What nobody passes, in place of what somebody got wrong.
    pub(super) fn closed(self) -> Self {
        match self {
            Self::Protected { rule, options, paths } => Self::Protected { rule: rule.closed(), options, paths },
            Self::Public { paths } => Self::Protected { rule: Rule::Bad, options: GuardOptions::default(), paths },
        }
    }
}
