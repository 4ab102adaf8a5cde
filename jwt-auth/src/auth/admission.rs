//! Whether a node belongs where its store says that sessions live.

use crate::clock::Timestamp;
use crate::error::StoreError;
use crate::keys::{KeyMark, VerifyingKey};
use crate::settings::{Settings, SettingsFault};
use crate::store::{Admission, AnyTokenStore, TokenStore};

/// The node's keys are remembered, or it must not start: to a node with other keys every token of the sessions that live here would be forged,
/// and everybody be logged out.
pub(crate) async fn admit(
    store: &AnyTokenStore,
    keys: &[VerifyingKey],
    settings: &Settings,
    now: Timestamp,
) -> Result<Option<SettingsFault>, StoreError> {
    let marks: Vec<KeyMark> = keys.iter().map(VerifyingKey::mark).collect();
    let Admission::Refused { living_sessions } = store.admit(marks, now).await? else { return Ok(None) };
    Ok(Some(SettingsFault {
        name: "signing_key".to_owned(),
        origin: "code".to_owned(),
        reason: format!(
            "{living_sessions} session(s) live in the namespace \"{}\" of this store, and none of these keys was ever accepted there: all of them would be logged out",
            settings.namespace
        ),
        remedy: "set another `namespace` if they are another service's, put the key of before into `fallback_keys`, or end them with `jwt-auth namespace reset`".to_owned(),
    }))
}
