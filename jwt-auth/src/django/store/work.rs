//! What is done in the tables, in words of both databases.

use super::fault::Fault;
use super::rows::{Rows, Value};
use super::users::Users;
use crate::clock::Timestamp;
use crate::store::{OutstandingToken, StoreTime};
use std::future::Future;

/// One thing to do on one connection. Writes run in a transaction and may be run again when it fails.
pub(super) trait Work: Sync {
    type Answer: Send;

    fn run<C: Rows>(&self, connection: &mut C) -> impl Future<Output = Result<Self::Answer, Fault>> + Send;
}

/// Writes a new token down.
pub(super) struct Outstand<'a> {
    pub(super) users: &'a Users,
    pub(super) token: &'a OutstandingToken,
}

/// Blacklists a token; whether it was not blacklisted before.
pub(super) struct Blacklist<'a> {
    pub(super) users: &'a Users,
    pub(super) token: &'a OutstandingToken,
    pub(super) now: Timestamp,
}

/// Blacklists a token and writes its successor down; whether it was not blacklisted before.
pub(super) struct Rotate<'a> {
    pub(super) spent: Blacklist<'a>,
    pub(super) next: Outstand<'a>,
}

/// Whether a token id is blacklisted.
pub(super) struct IsBlacklisted<'a>(pub(super) &'a str);

/// That the tables are there, and the user table if one is named.
pub(super) struct LookAround<'a>(pub(super) Option<&'a Users>);

/// What time it is to the database.
pub(super) struct Time;

impl Work for Time {
    type Answer = StoreTime;

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<StoreTime, Fault> {
        let Some(sql) = C::CLOCK else { return Ok(StoreTime::Unknown) };
        let millis = connection.number(sql.to_owned(), Vec::new()).await?;
        let now = millis.and_then(|millis| u64::try_from(millis).ok()).map(Timestamp::from_millis);
        Ok(now.map_or(StoreTime::Unknown, StoreTime::Now))
    }
}

impl Work for Outstand<'_> {
    type Answer = ();

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<(), Fault> {
        match insert(connection, self.users, self.token).await? {
            Some(_) => Ok(()),
            None => Err(Fault::IdTaken),
        }
    }
}

impl Work for Blacklist<'_> {
    type Answer = bool;

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<bool, Fault> {
        if !OutstandingToken::fits(&self.token.jti) {
            return Err(Fault::IdDoesNotFit);
        }
        let id = match find(connection, &self.token.jti).await? {
            Some(id) => id,
            None => match insert(connection, self.users, self.token).await? {
                Some(id) => id,
                // Somebody else wrote it down in between.
                None => find(connection, &self.token.jti).await?.ok_or(Fault::Restless)?,
            },
        };
        // The unique `token_id` decides who was first; on PostgreSQL this waits for whoever is at it.
        let sql = format!(
            "INSERT INTO token_blacklist_blacklistedtoken (token_id, blacklisted_at) VALUES ($1, {}) \
             ON CONFLICT (token_id) DO NOTHING",
            C::moment(2)
        );
        Ok(connection.write(sql, vec![Value::Integer(id), C::moment_value(self.now)]).await? == 1)
    }
}

impl Work for Rotate<'_> {
    type Answer = bool;

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<bool, Fault> {
        let is_first = self.spent.run(connection).await?;
        if is_first {
            self.next.run(connection).await?;
        }
        Ok(is_first)
    }
}

impl Work for IsBlacklisted<'_> {
    type Answer = bool;

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<bool, Fault> {
        if !C::HOLDS_NUL && self.0.contains('\0') {
            return Ok(false);
        }
        let sql = "SELECT blacklisted.id FROM token_blacklist_blacklistedtoken AS blacklisted \
                   JOIN token_blacklist_outstandingtoken AS outstanding ON outstanding.id = blacklisted.token_id \
                   WHERE outstanding.jti = $1";
        Ok(connection.number(sql.to_owned(), vec![Value::Text(self.0.to_owned())]).await?.is_some())
    }
}

impl Work for LookAround<'_> {
    type Answer = ();

    async fn run<C: Rows>(&self, connection: &mut C) -> Result<(), Fault> {
        for (table, column) in
            [("token_blacklist_outstandingtoken", "jti"), ("token_blacklist_blacklistedtoken", "token_id")]
        {
            let values = vec![Value::Text(C::table_name(table)), Value::Text(column.to_owned())];
            if connection.text(C::COLUMN_TYPE.to_owned(), values).await?.is_none() {
                return Err(Fault::NoTable(table));
            }
        }
        if let Some(users) = self.0 {
            users.kind(connection).await?;
        }
        Ok(())
    }
}

async fn find<C: Rows>(connection: &mut C, jti: &str) -> Result<Option<i64>, Fault> {
    let sql = "SELECT id FROM token_blacklist_outstandingtoken WHERE jti = $1";
    Ok(connection.number(sql.to_owned(), vec![Value::Text(jti.to_owned())]).await?)
}

/// The id of the new row; none when there is one of this `jti`.
async fn insert<C: Rows>(connection: &mut C, users: &Users, token: &OutstandingToken) -> Result<Option<i64>, Fault> {
    if !OutstandingToken::fits(&token.jti) {
        return Err(Fault::IdDoesNotFit);
    }
    let (user, user_value) = users.key(connection, token.user_id.as_deref(), 5).await?;
    let sql = format!(
        "INSERT INTO token_blacklist_outstandingtoken (jti, token, created_at, expires_at, user_id) \
         VALUES ($1, $2, {}, {}, {user}) ON CONFLICT (jti) DO NOTHING RETURNING id",
        C::moment(3),
        C::moment(4)
    );
    let mut values = vec![
        Value::Text(token.jti.clone()),
        Value::Text(token.token.expose().to_owned()),
        C::moment_value(token.created_at),
        C::moment_value(token.expires_at.min(LAST)),
    ];
    values.extend(user_value);
    Ok(connection.number(sql, values).await?)
}

/// The last second of the year 9999, after which Python has no dates.
const LAST: Timestamp = Timestamp::from_seconds(253_402_300_799);
