//! Where the command finds the database and the settings.

use crate::Outcome;
use clap::Args;
use jwt_auth::store::MemoryStore;
use jwt_auth::{JwtAuth, Settings};
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

    /// The address of the database.
    pub(crate) fn database(&self) -> Result<String, Box<dyn Error>> {
        std::env::var("DATABASE_URL")
            .map_err(|_| "DATABASE_URL is not set; for example DATABASE_URL=sqlite:app.db".into())
    }
}

/// `jwt-auth check`
pub(crate) async fn check(config: &Config) -> Outcome {
    let settings = config.settings()?;
    // Starting is the check: keys are loaded, signed and verified with. Sessions of nobody need no file.
    JwtAuth::builder(settings.clone()).store(MemoryStore::new()).start().await?;
    let unwise = settings.insecure();
    for warning in &unwise {
        println!("warning: {warning}");
    }
    println!("settings are valid; {} warning(s)", unwise.len());
    Ok(())
}
