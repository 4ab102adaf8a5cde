//! Settings: SimpleJWT's names, plus our own.

mod audience;
mod check;
mod check_cookies;
mod check_fetched_keys;
mod document;
pub mod duration;
mod ending;
mod fault;
mod http_url;
mod input;
mod key_text;
mod known_secret;
mod load;
mod loaded;
mod names;
mod network;
mod permissions_source;
pub(crate) mod profile;
mod refused;
mod reuse_policy;
mod same_site;
mod service_links;
mod settings_and_defaults;
mod store_kind;
mod suggestion;
mod table;
mod verify_only;
mod warning;

pub use audience::Audience;
pub use duration::{DurationError, days, hours, minutes, parse_duration, seconds};
pub use fault::{SettingsError, SettingsFault};
pub use load::Loader;
#[doc(hidden)]
pub use loaded::Loaded;
pub use network::{Network, NetworkError};
pub use permissions_source::PermissionsSource;
pub use profile::Profile;
pub use reuse_policy::ReusePolicy;
pub use same_site::SameSite;
pub use settings_and_defaults::Settings;
pub use store_kind::StoreKind;
pub use warning::SettingsWarning;

#[cfg(feature = "cookies")]
pub(crate) use check_cookies::LONGEST_IN_COOKIE;
pub(crate) use http_url::HttpUrl;
pub(crate) use known_secret::known_secret;
