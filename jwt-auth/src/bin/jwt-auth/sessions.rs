//! `sessions list` and `sessions revoke`.

use crate::Outcome;
use crate::config::{Config, ending};
use clap::Subcommand;
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::store::{AnyTokenStore, EndReason, Session, SessionId, SessionPlace, TokenStore};

#[derive(Subcommand)]
pub(crate) enum Sessions {
    /// Print a user's living sessions, the youngest first: name, login, end, address, agent.
    List {
        /// Whose: the value of the user id claim.
        user_id: String,
    },
    /// End one session and its access tokens; services that run hear of it as of any logout.
    Revoke {
        /// Its name, as `sessions list` prints it.
        sid: String,
    },
}

impl Sessions {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let store = config.sessions().await?;
        match self {
            Self::List { user_id } => list(&store, &user_id).await,
            Self::Revoke { sid } => revoke(&config.audited(store, "session.revoked", None)?, &sid).await,
        }
    }
}

async fn list(store: &AnyTokenStore, user_id: &str) -> Outcome {
    let now = SystemClock.now();
    let mut page = store.list(user_id, now).await?;
    while let Some(last) = page.last() {
        let place = SessionPlace::of(last);
        page.iter().for_each(|session| println!("{}", line(session)));
        page = store.list_after(user_id, place, now).await?;
    }
    Ok(())
}

fn line(session: &Session) -> String {
    // Both are the client's own words: a control character must not reach a terminal.
    let told = |text: &Option<String>| text.as_ref().map_or_else(|| "-".to_owned(), |text| format!("{text:?}"));
    let (ip, agent) = (told(&session.ip), told(&session.user_agent));
    format!("{} {} {} {ip} {agent}", session.sid, session.created_at, session.idle_expires_at)
}

async fn revoke(store: &AnyTokenStore, sid: &str) -> Outcome {
    let sid = SessionId::parse(sid).ok_or("the name of a session has 32 hex digits in lower case")?;
    if !store.end(sid, ending(EndReason::SessionRevoked)).await? {
        return Err("no such session lives".into());
    }
    println!("ended");
    Ok(())
}
