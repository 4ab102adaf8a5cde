//! Tokens in cookies, for browsers: names and attributes, who may send them, and what an answer sets.
//!
//! A browser sends its cookies with whatever request anybody makes it send. So a token that came in one counts only when the request can
//! have come from a page of the application ([`check`]).

mod answer;
mod forgery;
mod jar;
mod origin;
mod presented;

pub(super) use answer::{Delivery, hand_out, hand_out_at_login, take_away};
pub(super) use forgery::check;
pub(super) use jar::{Cookie, CookieText};
pub(super) use presented::{check_login, check_presented, device, has_access_token, leave, lend, replaced};
