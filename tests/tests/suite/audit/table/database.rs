//! Each database that has the table, seen from beside the store.

use jwt_auth::store::{AnyTokenStore, PostgresStore, SqliteStore};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqliteConnection};

/// A row: event, code, user, session, address, agent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) event: String,
    pub(super) code: Option<String>,
    pub(super) user_id: String,
    pub(super) sid: Option<String>,
    pub(super) ip: Option<String>,
    pub(super) user_agent: Option<String>,
}

impl Row {
    /// `event`, or `event: code`.
    pub(super) fn told(&self) -> String {
        let code = self.code.as_ref().map(|code| format!(": {code}"));
        format!("{}{}", self.event, code.unwrap_or_default())
    }
}

type Columns = (String, Option<String>, String, Option<String>, Option<String>, Option<String>);

pub(super) enum Database {
    Sqlite { _scratch: Scratch, address: String },
    Postgres { address: String },
}

impl Database {
    pub(super) fn sqlite() -> Self {
        let scratch = Scratch::new("audit-table");
        let address = scratch.next_database();
        Self::Sqlite { _scratch: scratch, address }
    }

    /// An empty one of each kind that is there; the server has to be kept.
    pub(super) fn each() -> (Option<Postgres>, Vec<Self>) {
        let server = Postgres::start();
        let postgres = server.as_ref().map(|server| Self::Postgres { address: server.next_database() });
        (server, std::iter::once(Self::sqlite()).chain(postgres).collect())
    }

    pub(super) async fn store(&self) -> AnyTokenStore {
        match self {
            Self::Sqlite { address, .. } => AnyTokenStore::new(SqliteStore::connect(address).await.expect("opens")),
            Self::Postgres { address } => AnyTokenStore::new(PostgresStore::connect(address).await.expect("opens")),
        }
    }

    /// All of them, in their order.
    pub(super) async fn rows(&self) -> Vec<Row> {
        let sql = "SELECT event, code, user_id, sid, ip, user_agent FROM jwt_auth_audit ORDER BY id";
        let rows: Vec<Columns> = match self {
            Self::Sqlite { address, .. } => {
                let mut connection = SqliteConnection::connect(address).await.expect("opens");
                sqlx::query_as(sql).fetch_all(&mut connection).await.expect("reads")
            }
            Self::Postgres { address } => {
                let mut connection = PgConnection::connect(address).await.expect("connects");
                sqlx::query_as(sql).fetch_all(&mut connection).await.expect("reads")
            }
        };
        let row = |(event, code, user_id, sid, ip, user_agent)| Row { event, code, user_id, sid, ip, user_agent };
        rows.into_iter().map(row).collect()
    }

    pub(super) async fn told(&self) -> Vec<String> {
        self.rows().await.iter().map(Row::told).collect()
    }

    pub(super) async fn execute(&self, sql: &str) {
        match self {
            Self::Sqlite { address, .. } => {
                let mut connection = SqliteConnection::connect(address).await.expect("opens");
                connection.execute(AssertSqlSafe(sql)).await.expect("works");
            }
            Self::Postgres { address } => {
                let mut connection = PgConnection::connect(address).await.expect("connects");
                connection.execute(AssertSqlSafe(sql)).await.expect("works");
            }
        }
    }

    /// From now on nothing can be written into this table.
    pub(super) async fn close(&self, table: &str) {
        self.execute(&match self {
            Self::Sqlite { .. } => {
                format!("CREATE TRIGGER closed BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'closed'); END")
            }
            Self::Postgres { .. } => format!("ALTER TABLE {table} ADD CONSTRAINT closed CHECK (false) NOT VALID"),
        })
        .await;
    }

    pub(super) async fn open_again(&self, table: &str) {
        self.execute(&match self {
            Self::Sqlite { .. } => "DROP TRIGGER closed".to_owned(),
            Self::Postgres { .. } => format!("ALTER TABLE {table} DROP CONSTRAINT closed"),
        })
        .await;
    }
}
