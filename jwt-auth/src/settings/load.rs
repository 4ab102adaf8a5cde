//! Reading settings from TOML, JSON and the environment, layer over layer.

use super::Settings;
use super::document::{self, Document};
use super::fault::{SettingsError, SettingsFault};
use super::input::{Input, InputError};
use super::refused::refusal;
use super::service_links::is_service_link;
use super::suggestion::suggest;
use super::table::{self, Setting, TABLE};
use std::collections::BTreeMap;
use std::fmt;
#[cfg(feature = "toml")]
use std::path::Path;

/// Collects settings from several places; what comes later wins. See [`Settings::loader`].
///
/// ```no_run
/// use jwt_auth::Settings;
///
/// // The environment wins over the file.
/// let settings = Settings::loader().json(r#"{"access_token_lifetime": "15m"}"#, "defaults").env().load()?;
/// # Ok::<(), jwt_auth::settings::SettingsError>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct Loader {
    found: BTreeMap<&'static str, Found>,
    faults: Vec<SettingsFault>,
}

impl Settings {
    /// Starts to collect settings from several places, of which later ones win name by name.
    ///
    /// ```
    /// use jwt_auth::{Secret, Settings};
    /// let key = Secret::generate()?.expose().to_owned();
    /// let vars = [("JWT_AUTH_SIGNING_KEY".to_owned(), key), ("JWT_AUTH_LEEWAY".to_owned(), "10s".to_owned())];
    /// let settings = Settings::loader().json(r#"{"LEEWAY": 5, "ISSUER": "shop"}"#, "defaults").vars(vars).load()?;
    /// assert_eq!((settings.leeway.as_secs(), settings.issuer.as_deref()), (10, Some("shop")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn loader() -> Loader {
        Loader::default()
    }

    /// Settings from a TOML document: one `name = value` a line, names in lower or upper case. They may stand in a table
    /// `[jwt_auth]`, and tables of the application's own beside them; where there is that table, nothing outside it is read.
    ///
    /// # Errors
    /// Every fault of the document and of the settings that come of it.
    #[cfg(feature = "toml")]
    pub fn from_toml(document: &str) -> Result<Self, SettingsError> {
        Self::loader().toml(document, "TOML").load()
    }

    /// Settings from a JSON object, names in lower or upper case. They may stand in an object `jwt_auth`, and objects of the
    /// application's own beside it; where there is that one, nothing outside it is read.
    ///
    /// # Errors
    /// Every fault of the document and of the settings that come of it.
    pub fn from_json(document: &str) -> Result<Self, SettingsError> {
        Self::loader().json(document, "JSON").load()
    }

    /// Settings from the environment of the process: `JWT_AUTH_` and the name of the setting in upper case.
    ///
    /// # Errors
    /// Every fault of the variables and of the settings that come of them; unknown variables with the prefix
    /// `JWT_AUTH_` are faults.
    pub fn from_env() -> Result<Self, SettingsError> {
        Self::loader().env().load()
    }

    /// As [`from_env`](Self::from_env), from pairs of name and value. Names without the prefix `JWT_AUTH_` are not looked at,
    /// and what Kubernetes makes for a service called `jwt-auth` (`JWT_AUTH_SERVICE_HOST` and its kin) is skipped with a
    /// line in the log.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env).
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Result<Self, SettingsError> {
        Self::loader().vars(vars).load()
    }

    /// The names of all settings, in lower case: every field but the hidden one.
    pub fn names() -> impl Iterator<Item = &'static str> {
        TABLE.iter().map(|row| row.name)
    }

    /// Names and one line on each, for the docs page.
    #[doc(hidden)]
    pub fn summaries() -> impl Iterator<Item = (&'static str, &'static str)> {
        TABLE.iter().map(|row| (row.name, row.summary))
    }
}

impl Loader {
    /// A layer of TOML from a file.
    ///
    /// # Errors
    /// When the file cannot be read. Faults in it are told by [`load`](Self::load), with all others.
    #[cfg(feature = "toml")]
    pub fn toml_file(self, path: impl AsRef<Path>) -> Result<Self, SettingsError> {
        let path = path.as_ref();
        let origin = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(document) => Ok(self.toml(&document, &origin)),
            Err(error) => Err(SettingsError::new(vec![SettingsFault {
                name: "settings file".to_owned(),
                origin,
                reason: match path.is_dir() {
                    true => "it is a folder, which is what Docker makes where the file to mount is missing".to_owned(),
                    false => format!("it cannot be read: {error}"),
                },
                remedy: "name a TOML file that this process may read".to_owned(),
            }])),
        }
    }

    /// A layer of TOML. `origin` is what faults call it.
    #[cfg(feature = "toml")]
    pub fn toml(self, document: &str, origin: &str) -> Self {
        self.document(document::toml(document), origin)
    }

    /// A layer of JSON. `origin` is what faults call it.
    pub fn json(self, document: &str, origin: &str) -> Self {
        self.document(document::json(document), origin)
    }

    /// A layer of the environment of the process.
    pub fn env(self) -> Self {
        let ours = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with(PREFIX));
        let (mut vars, mut unreadable) = (Vec::new(), Vec::new());
        for (name, value) in ours {
            let shown = name.to_string_lossy().into_owned();
            match (name.into_string(), value.into_string()) {
                (Ok(name), Ok(value)) => vars.push((name, value)),
                _ => unreadable.push(shown),
            }
        }
        let mut this = self.vars(vars);
        for variable in unreadable {
            let name = variable.strip_prefix(PREFIX).unwrap_or(&variable).to_ascii_lowercase();
            this.fault(&name, &of_variable(&variable), InputError::new("it is not UTF-8", "write UTF-8 text"));
        }
        this
    }

    /// A layer of environment variables. Names without the prefix `JWT_AUTH_` are not looked at.
    pub fn vars(self, vars: impl IntoIterator<Item = (String, String)>) -> Self {
        let (mut ours, mut links) = (Vec::new(), Vec::new());
        for (variable, value) in vars {
            let Some(name) = variable.strip_prefix(PREFIX) else { continue };
            if is_service_link(name, &value) && table::find(&name.to_ascii_lowercase()).is_none() {
                links.push(variable);
            } else {
                ours.push((name.to_owned(), of_variable(&variable), Input::Text(value)));
            }
        }
        if !links.is_empty() {
            tracing::warn!(
                target: "jwt_auth",
                variables = links.join(" "),
                "skipped: Kubernetes makes these variables for a service whose name begins with `jwt-auth`, and they are no settings; give that service another name, or the pod `enableServiceLinks: false`",
            );
        }
        self.layer(ours)
    }

    /// Reads what was collected: the settings, what is wrong with names, values and combinations, and where each setting
    /// came from. Keys are looked at by [`load`](Self::load), in
    /// `auth/load_settings.rs`.
    pub(crate) fn read(self) -> (Settings, Vec<SettingsFault>, impl Fn(&str) -> String) {
        let Self { found, mut faults } = self;
        let origin_of = |name: &str| found.get(name).map_or("default".to_owned(), |found| found.origin.clone());
        let mut settings = Settings { signing_key: None, ..Settings::new("") };
        // The profile first: it decides what all others default to.
        if let Some(Ok(profile)) = found.get("profile").map(|Found { input, .. }| table::profile(input)) {
            settings = (profile.rules().defaults)(settings);
        }
        for row in TABLE {
            let Some(Found { input, origin, from_file }) = found.get(row.name) else { continue };
            let set = row.set_from_file.filter(|_| *from_file).unwrap_or(row.set);
            if *from_file && input.names_exposed_file() {
                settings.__more.exposed.push(row.name);
            }
            if let Err(InputError { reason, remedy }) = input.refuse_quotes().and_then(|()| set(&mut settings, input)) {
                faults.push(SettingsFault { name: row.name.to_owned(), origin: origin.clone(), reason, remedy });
            }
        }
        // What could not be read still has its default, about which there is nothing to say.
        let unread = |name: &str| faults.iter().any(|fault| fault.name == name);
        let of_keys = |name: &str| matches!(name, "signing_key" | "verifying_key");
        let follows = |name: &str| unread(name) || (of_keys(name) && unread("algorithm"));
        let mut checked = settings.check();
        checked.retain(|fault| !follows(&fault.name));
        for fault in &mut checked {
            fault.origin = origin_of(&fault.name);
        }
        faults.append(&mut checked);
        let origins: BTreeMap<&str, String> = found.into_iter().map(|(name, found)| (name, found.origin)).collect();
        (settings, faults, move |name: &str| origins.get(name).map_or("default".to_owned(), Clone::clone))
    }

    fn document(mut self, document: Result<Document, InputError>, origin: &str) -> Self {
        match document {
            Ok(Document { members, misplaced }) => {
                for (name, wrong) in misplaced {
                    self.fault(&name.to_lowercase(), origin, wrong);
                }
                self.layer(members.into_iter().map(|(name, input)| (name, origin.to_owned(), input)).collect())
            }
            Err(wrong) => {
                self.fault("document", origin, wrong);
                self
            }
        }
    }

    fn layer(mut self, members: Vec<(String, String, Input)>) -> Self {
        let mut layer: BTreeMap<&'static str, Found> = BTreeMap::new();
        for (written, origin, input) in members {
            match known(&written) {
                Err(wrong) => self.fault(&written.to_lowercase(), &origin, wrong),
                Ok((row, from_file)) => {
                    if let Some(other) = layer.insert(row.name, Found { input, origin: origin.clone(), from_file }) {
                        let (reason, remedy) = if other.from_file == from_file {
                            ("it is set twice", "keep one of the two".to_owned())
                        } else {
                            ("it is set both directly and by a file", format!("keep `{0}` or `{0}_file`", row.name))
                        };
                        self.fault(row.name, &origin, InputError::new(reason, remedy));
                    }
                }
            }
        }
        self.found.append(&mut layer);
        self
    }

    fn fault(&mut self, name: &str, origin: &str, InputError { reason, remedy }: InputError) {
        self.faults.push(SettingsFault { name: name.to_owned(), origin: origin.to_owned(), reason, remedy });
    }
}

impl fmt::Debug for Loader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Loader").field("names", &self.found.keys()).field("faults", &self.faults).finish()
    }
}

/// What environment variables of this crate begin with.
const PREFIX: &str = "JWT_AUTH_";

struct Found {
    input: Input,
    origin: String,
    from_file: bool,
}

/// The row of a name as a source writes it, in upper or lower case.
fn known(written: &str) -> Result<(&'static Setting, bool), InputError> {
    let lower = written.to_ascii_lowercase();
    let of_one_case = written == lower || written == written.to_ascii_uppercase();
    let row = table::find(&lower).filter(|_| of_one_case);
    row.ok_or_else(|| {
        refusal(&lower).unwrap_or_else(|| {
            let remedy = suggest(&lower).map_or_else(
                || "remove it; docs/settings.md lists every setting".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            InputError::new("there is no such setting", remedy)
        })
    })
}

fn of_variable(name: &str) -> String {
    format!("environment variable `{name}`")
}
