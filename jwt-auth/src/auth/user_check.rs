//! Whether the user store answers.

use super::StartError;
use crate::error::StoreError;
use crate::user::DynUserStore;

/// Asks for a user who need not be there: that the question is answered is what matters. What was asked is said, for whoever finds it in
/// the log of the database.
pub(super) async fn check<U>(users: &dyn DynUserStore<U>) -> Result<(), StartError> {
    let asked = |source| Asked { store: users.described(), source };
    match users.find_by_id(MADE_UP).await {
        Ok(_) => {}
        Err(StoreError::Unavailable(source)) => return Err(StartError::Users(StoreError::unavailable(asked(source)))),
        Err(StoreError::Corrupt(source)) => return Err(StartError::Users(StoreError::corrupt(asked(source)))),
    }
    tracing::debug!(
        target: "jwt_auth",
        store = users.described(),
        id = MADE_UP,
        "the user store was asked for a user who need not be there, and answers",
    );
    Ok(())
}

const MADE_UP: &str = "0";

/// A question of the start that was not answered.
#[derive(Debug, thiserror::Error)]
#[error(
    "{store} was asked at the start for the user with the id `{MADE_UP}`, who need not be there, and did not answer"
)]
struct Asked {
    store: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}
