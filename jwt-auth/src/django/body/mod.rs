//! Bodies as Django and DRF read them.

mod charset;
pub(crate) mod form;
pub(crate) mod header_parameters;
pub(crate) mod multipart;

pub(crate) use charset::{Charset, NotForText, latin1};
