//! `flushexpiredtokens`.

use crate::Outcome;
use crate::config::Config;
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::store::{DjangoStore, Flush};

/// Batch by batch, so that nobody waits for it for long.
pub(crate) async fn run(config: &Config) -> Outcome {
    let settings = config.settings()?;
    let mut flush = Flush::new(SystemClock.now());
    flush.leeway = settings.leeway;
    flush.sliding_token_lifetime = settings.sliding_token_lifetime;
    flush.sliding_token_refresh_lifetime = settings.sliding_token_refresh_lifetime;
    flush.sliding_token_refresh_exp_claim = settings.sliding_token_refresh_exp_claim;
    if let Some(claim) = settings.token_type_claim {
        flush.token_type_claim = claim;
    }
    let store = DjangoStore::connect(&config.database()?).await?;
    let mut deleted = 0;
    let mut after = Some(0);
    while let Some(last) = after {
        let batch = store.flush_expired(&flush, last).await?;
        deleted += batch.deleted;
        after = batch.next;
    }
    println!("deleted {deleted} expired token(s)");
    Ok(())
}
