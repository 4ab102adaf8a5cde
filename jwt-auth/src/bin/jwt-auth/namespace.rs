//! `namespace reset`.

use crate::Outcome;
use crate::config::{Config, ending};
use clap::Subcommand;
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::store::{EndReason, TokenStore};

#[derive(Subcommand)]
pub(crate) enum Namespace {
    /// End every session of the setting `namespace` and forget the keys that were accepted there, so that a service with other keys starts.
    ///
    /// It asks nothing. What was used up or logged out stays so.
    Reset,
}

impl Namespace {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        match self {
            Self::Reset => reset(config).await,
        }
    }
}

async fn reset(config: &Config) -> Outcome {
    let (store, namespace) = (config.sessions().await?, config.namespace()?);
    let keys = store.known_keys(SystemClock.now()).await?.marks.len();
    let store = config.audited(store, "session.revoked", Some("namespace_reset"))?;
    let ending = ending(EndReason::SessionRevoked);
    let mut ended = 0;
    loop {
        match store.reset(ending).await? {
            0 => break,
            more => ended += more,
        }
    }
    println!("ended {ended} session(s) of the namespace \"{namespace}\" and forgot {keys} key(s)");
    Ok(())
}
