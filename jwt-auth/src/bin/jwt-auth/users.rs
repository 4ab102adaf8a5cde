//! `migrate`, `createuser`, `changepassword`, `disableuser`.

use crate::config::{Config, ending, up_to_date};
use crate::{Outcome, password_input};
use clap::Args;
use jwt_auth::store::{AnyTokenStore, EndReason, TokenStore};
use jwt_auth::user::check_username;
use jwt_auth::{AuthUser, NewUser, SqlUserStore, StoreError, User};

/// Creates what is missing and changes nothing that is there.
pub(crate) async fn migrate(config: &Config) -> Outcome {
    let database = config.database()?;
    config.users().await?.migrate().await?;
    // Connecting makes the tables of sessions.
    up_to_date(&database).await?;
    println!("tables are up to date");
    Ok(())
}

#[derive(Args)]
pub(crate) struct CreateUser {
    /// The name to log in with.
    name: String,
    /// Read the password from standard input (there is no other way, so that it is never seen in a process list).
    #[arg(long, required = true)]
    password_stdin: bool,
    /// `IsAdminUser` lets the user pass.
    #[arg(long)]
    staff: bool,
    /// The user passes every Django permission.
    #[arg(long)]
    superuser: bool,
    /// The user cannot log in until activated.
    #[arg(long)]
    inactive: bool,
    /// Refuse a password that is short, common or like the name, which is otherwise warned of.
    #[arg(long)]
    refuse_weak: bool,
}

impl CreateUser {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        check_username(&self.name)?;
        let users = open(config).await?;
        if users.find(&self.name).await?.is_some() {
            return Err(format!(
                "there is already a user `{}`; `jwt-auth changepassword` sets a new password",
                self.name
            )
            .into());
        }
        let password = password_input::read_for(&self.name, self.refuse_weak)?;
        let hash = config.hasher()?.hash(password)?;
        let user = NewUser {
            is_staff: self.staff,
            is_superuser: self.superuser,
            is_active: !self.inactive,
            ..NewUser::new(&self.name, &hash)
        };
        let user = users.create_user(user).await?;
        println!("created user {} with id {}", user.username, user.id);
        Ok(())
    }
}

/// The user table, found to be there.
async fn open(config: &Config) -> Result<SqlUserStore, Box<dyn std::error::Error>> {
    let users = config.users().await?;
    match users.find("").await {
        Err(StoreError::Corrupt(_)) => Err("the database has no user table; run `jwt-auth migrate` first".into()),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(users),
    }
}

#[derive(Args)]
pub(crate) struct ChangePassword {
    /// The user's name.
    name: String,
    /// Read the password from standard input.
    #[arg(long, required = true)]
    password_stdin: bool,
    /// Refuse a password that is short, common or like the name, which is otherwise warned of.
    #[arg(long)]
    refuse_weak: bool,
}

impl ChangePassword {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let users = open(config).await?;
        let missing = || format!("there is no user `{}`; `jwt-auth createuser` makes one", self.name);
        let user = users.find(&self.name).await?.ok_or_else(missing)?;
        let password = password_input::read_for(&self.name, self.refuse_weak)?;
        let hash = config.hasher()?.hash(password)?;
        let sessions = config.sessions_up_to_date().await?;
        users.set_password(user.id, &hash).await?;
        // Whoever knew the old password may hold a session.
        let sessions = config.audited(sessions, ENDED_ALL, Some("password_changed"))?;
        end_all(&sessions, &user, EndReason::SessionRevoked).await?;
        println!("changed; the user's sessions are over");
        Ok(())
    }
}

#[derive(Args)]
pub(crate) struct DisableUser {
    /// The user's name.
    name: String,
}

impl DisableUser {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        let users = open(config).await?;
        let user = users.find(&self.name).await?.ok_or_else(|| format!("there is no user `{}`", self.name))?;
        let sessions = config.sessions_up_to_date().await?;
        users.set_active(user.id, false).await?;
        let sessions = config.audited(sessions, ENDED_ALL, Some("user_disabled"))?;
        end_all(&sessions, &user, EndReason::UserDisabled).await?;
        println!("disabled; the user's sessions are over");
        Ok(())
    }
}

/// The event of it.
const ENDED_ALL: &str = "sessions.revoked_all";

async fn end_all(store: &AnyTokenStore, user: &AuthUser, reason: EndReason) -> Outcome {
    store.end_all(&user.identity().id, None, ending(reason)).await?;
    Ok(())
}
