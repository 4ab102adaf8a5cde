//! Where the command finds the database and the settings.

use crate::Outcome;
use clap::Args;
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::keys::{KeyMark, KeyRing, KeyState, VerifyingKey};
use jwt_auth::password::PasswordHasher;
use jwt_auth::settings::StoreKind;
use jwt_auth::store::{
    Admission, AnyTokenStore, AuditNote, EndReason, Ending, MemoryStore, PostgresStore, SqliteStore, TokenStore,
};
use jwt_auth::user::UserTable;
use jwt_auth::{JwtAuth, Secret, Settings, SqlUserStore, StoreError};
use std::error::Error;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct Config {
    /// A TOML file of settings; the environment goes over it.
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
}

impl Config {
    /// The settings of the file and the environment.
    pub(crate) fn settings(&self) -> Result<Settings, Box<dyn Error>> {
        let loader = match &self.config {
            Some(path) => Settings::loader().toml_file(path)?,
            None => Settings::loader(),
        };
        Ok(loader.env().load()?)
    }

    /// What writes password hashes: as the settings say, where the environment or a file says anything about it.
    pub(crate) fn hasher(&self) -> Result<PasswordHasher, Box<dyn Error>> {
        let asks = |name: &str| std::env::var_os(name).is_some();
        if self.config.is_none() && !asks("JWT_AUTH_PROFILE") && !asks("JWT_AUTH_PASSWORD_HASHERS") {
            return Ok(PasswordHasher::default());
        }
        let formats = self.settings()?.password_hashers;
        Ok(formats.first().map_or_else(PasswordHasher::default, |format| PasswordHasher::writing(*format)))
    }

    /// The users of the database, in the table that the settings name, where the environment or a file says anything of it.
    pub(crate) async fn users(&self) -> Result<SqlUserStore, Box<dyn Error>> {
        let names = ["JWT_AUTH_USER_TABLE", "JWT_AUTH_USERNAME_FIELD", "JWT_AUTH_USER_ID_FIELD"];
        let users = SqlUserStore::connect(&self.database()?).await?;
        if self.config.is_none() && names.iter().all(|name| std::env::var_os(name).is_none()) {
            return Ok(users);
        }
        let Settings { user_table, username_field, user_id_field, .. } = self.settings()?;
        Ok(users.table(&UserTable::from_names(&user_table, &username_field, &user_id_field)?))
    }

    /// The settings of the store: of the file, or of the environment alone, for which no key has to be there.
    fn store_settings(&self) -> Result<Settings, Box<dyn Error>> {
        if self.config.is_some() {
            return self.settings();
        }
        let of_store = ["JWT_AUTH_NAMESPACE", "JWT_AUTH_AUDIT_TABLE"];
        let set = of_store.into_iter().filter_map(|name| Some((name.to_owned(), std::env::var(name).ok()?)));
        let stand_in = ("JWT_AUTH_SIGNING_KEY".to_owned(), Secret::generate()?.expose().to_owned());
        Ok(Settings::from_vars(set.chain([stand_in]))?)
    }

    /// The setting `namespace`.
    pub(crate) fn namespace(&self) -> Result<String, Box<dyn Error>> {
        Ok(self.store_settings()?.namespace)
    }

    /// The store for a call that does this, which it writes down with `audit_table`.
    pub(crate) fn audited(
        &self,
        store: AnyTokenStore,
        event: &'static str,
        code: Option<&'static str>,
    ) -> Result<AnyTokenStore, Box<dyn Error>> {
        let Some(keep) = self.store_settings()?.audit_table else { return Ok(store) };
        let note = AuditNote { event, code, ip: None, user_agent: None, keep };
        Ok(store.audited(note).ok_or("this store has no audit table")?)
    }

    /// The sessions of the setting `namespace`. Nothing is made where the address is mistyped.
    pub(crate) async fn sessions(&self) -> Result<AnyTokenStore, Box<dyn Error>> {
        self.of_namespace(unchanged(&self.database()?).await?)
    }

    /// As [`sessions`](Self::sessions), with tables that are made or brought up to date.
    pub(crate) async fn sessions_up_to_date(&self) -> Result<AnyTokenStore, Box<dyn Error>> {
        self.of_namespace(up_to_date(&self.database()?).await?)
    }

    fn of_namespace(&self, store: AnyTokenStore) -> Result<AnyTokenStore, Box<dyn Error>> {
        Ok(store.in_namespace(&self.namespace()?).ok_or("this store knows no namespaces")?)
    }

    /// The address of the database.
    pub(crate) fn database(&self) -> Result<String, Box<dyn Error>> {
        std::env::var("DATABASE_URL")
            .map_err(|_| "DATABASE_URL is not set; for example DATABASE_URL=sqlite:app.db".into())
    }
}

/// An ending by hand. How long access tokens live is known to the store, which keeps a revocation so long.
pub(crate) fn ending(reason: EndReason) -> Ending {
    let now = SystemClock.now();
    Ending { reason, now, drop_after: now }
}

/// The sessions of a database, which is left as it is.
async fn unchanged(database: &str) -> Result<AnyTokenStore, StoreError> {
    Ok(match is_postgres(database) {
        true => AnyTokenStore::new(PostgresStore::connect_unchanged(database).await?),
        false => AnyTokenStore::new(SqliteStore::connect_unchanged(database).await?),
    })
}

/// The sessions of a database, whose tables are made or brought up to date.
pub(crate) async fn up_to_date(database: &str) -> Result<AnyTokenStore, StoreError> {
    Ok(match is_postgres(database) {
        true => AnyTokenStore::new(PostgresStore::connect(database).await?),
        false => AnyTokenStore::new(SqliteStore::connect(database).await?),
    })
}

fn is_postgres(database: &str) -> bool {
    database.starts_with("postgres://") || database.starts_with("postgresql://")
}

/// `jwt-auth check`
pub(crate) async fn check(config: &Config) -> Outcome {
    let settings = config.settings()?;
    // Starting is the check: keys are loaded, signed and verified with. Sessions of nobody need no file, and no table of events.
    JwtAuth::builder(Settings { audit_table: None, ..settings.clone() }).store(MemoryStore::new()).start().await?;
    let mut unwise: Vec<String> = settings.insecure().iter().map(ToString::to_string).collect();
    unwise.extend(dropped_keys(&settings).await?);
    for warning in &unwise {
        println!("warning: {warning}");
    }
    let ending = Settings::changes_that_end_sessions();
    let ending: Vec<_> = ending.iter().map(|(name, why)| format!("  `{name}`: {why}")).collect();
    println!("to change one of these ends sessions, or what was issued before:\n{}", ending.join("\n"));
    println!("settings are valid; {} warning(s)", unwise.len());
    Ok(())
}

/// What the sessions that live in the database of the environment have to say of the keys. It changes nothing there.
async fn dropped_keys(settings: &Settings) -> Result<Option<String>, Box<dyn Error>> {
    let database = std::env::var("DATABASE_URL").unwrap_or_default();
    if !(database.starts_with("sqlite:") || is_postgres(&database)) || settings.store == StoreKind::Django {
        return Ok(None);
    }
    let store = match unchanged(&database).await {
        Ok(store) => store.in_namespace(&settings.namespace).ok_or("this store knows no namespaces")?,
        Err(error) => {
            let why = Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string);
            println!("the sessions of DATABASE_URL were not looked at: {why}");
            return Ok(None);
        }
    };
    let keys = KeyRing::from_settings(settings).map_err(|_| "the keys cannot be used")?;
    let keys: Vec<KeyMark> = keys.verifying().iter().map(VerifyingKey::mark).collect();
    let known = store.known_keys(SystemClock.now()).await?;
    let living = known.living_sessions;
    if let Admission::Refused { .. } = known.admit(&keys) {
        return Err(format!(
            "{living} session(s) live in the namespace \"{}\" of DATABASE_URL, and none of these keys was ever accepted there: the service would not start; set another `namespace`, put the key of before into `fallback_keys`, or end them with `jwt-auth namespace reset`",
            settings.namespace
        )
        .into());
    }
    // What has run its course is missed by nobody.
    let (schedule, now) = (store.key_schedule().await?, SystemClock.now());
    let is_due = |mark: &&KeyMark| schedule.state(mark, now) != Some(KeyState::Removed);
    let dropped = known.missing_from(&keys).into_iter().filter(is_due).count();
    Ok((dropped > 0 && living > 0).then(|| {
        format!(
            "{dropped} key(s) that were accepted in the namespace \"{}\" are not accepted any more, and {living} session(s) live there: those whose tokens they signed are over; keep a key in `fallback_keys` for as long as its tokens live",
            settings.namespace
        )
    }))
}
