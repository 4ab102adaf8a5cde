//! A logout on one node is heard of at once on the others, and in time where nobody can say so.

use crate::node::{login, node, refused_after, until};
use jwt_auth::clock::{Clock, SystemClock};
use jwt_auth::settings::minutes;
use jwt_auth::store::{NewSession, PostgresStore, SessionLimit, TokenStore};
use jwt_auth::testing::TestToken;
use jwt_auth_tests::sessions::{login as stored_login, session_id};
use jwt_auth_tests::{logged, long, postgres::Postgres};
use sqlx::{Connection, PgConnection};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Far longer than a test waits.
const NEVER: Duration = Duration::from_secs(60);

/// Tells a wake-up from a poll on a busy machine; the suite `processes` measures.
const SOON: Duration = Duration::from_secs(10);

const LISTENING: &str =
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
const KILL: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'LISTEN%'";

/// On a machine that does nothing else 500 ms are far more than it takes; the limit in between tells a busy one from a poll.
fn limit() -> Duration {
    if long() { Duration::from_millis(500) } else { Duration::from_secs(10) }
}

/// A login elsewhere pushes it out: its access tokens are over here as well, though nobody has logged out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_makes_room_ends_on_every_node() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let there = node(&address, NEVER).await;
    let here = PostgresStore::connect(&address).await.expect("opens");
    let now = SystemClock.now();
    let log_in = async |number| {
        let new = NewSession {
            user_id: "7".to_owned(),
            created_at: now.after(Duration::from_millis(number)),
            idle_expires_at: now.after(minutes(60)),
            expires_at: now.after(minutes(90)),
            ..stored_login(number)
        };
        let limit = SessionLimit { max: 2, drop_after: now.after(minutes(10)) };
        here.create(new, Some(limit)).await.expect("stores");
        TestToken::access("7").claim("sid", session_id(number).to_string()).claim("ep", 0).sign(&there)
    };
    let first = log_in(1).await;
    let second = log_in(2).await;
    there.authenticate(&first).await.expect("good");
    let third = log_in(3).await;
    assert!(refused_after(&there, &first).await <= limit());
    for access in [second, third] {
        there.authenticate(&access).await.expect("stays");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_delays_a_logout_to_the_next_reading_and_is_made_anew() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let interval = Duration::from_secs(1);
    let (here, there) = (node(&address, NEVER).await, node(&address, interval).await);
    let patient = node(&address, NEVER).await;
    let mut operator = PgConnection::connect(&address).await.expect("connects");
    for user in 0..3 {
        let (refresh, access) = login(&here, &user.to_string()).await;
        let killed: i64 = sqlx::query_scalar(KILL).fetch_one(&mut operator).await.expect("kills");
        assert!(killed >= 1, "nobody listened");
        here.blacklist(&refresh).await.expect("logs out");
        let took = refused_after(&there, &access).await;
        assert!(took <= interval * 8, "{took:?}");
        // What was said while its connection was away is heard of when there is a new one.
        assert!(refused_after(&patient, &access).await <= SOON);
        until("all listen again", async || {
            let listening: i64 = sqlx::query_scalar(LISTENING).fetch_one(&mut operator).await.expect("counts");
            listening == 3
        })
        .await;
    }
    let (refresh, access) = login(&here, "again").await;
    here.blacklist(&refresh).await.expect("logs out");
    assert!(refused_after(&patient, &access).await <= SOON, "it is woken again");
}

/// A pooler that shares connections by transaction hands out no NOTIFY. The start says so, and the node asks.
#[test]
fn where_no_notify_comes_through_the_start_says_so_and_the_node_asks() {
    let Some(server) = Postgres::start() else { return };
    let address = server.next_database();
    let deaf = deaf(server.port(), &address);
    let log = logged(async {
        let (here, there) = (node(&address, NEVER).await, node(&deaf, Duration::from_millis(200)).await);
        let (refresh, access) = login(&here, "7").await;
        here.blacklist(&refresh).await.expect("logs out");
        refused_after(&there, &access).await;
    });
    assert_eq!(log.matches("no NOTIFY comes through from PostgreSQL").count(), 1, "{log}");
}

/// The address of a way to the server on which notifications get lost.
fn deaf(port: u16, address: &str) -> String {
    let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    let own = socket.local_addr().expect("bound").port();
    std::thread::spawn(move || {
        for client in socket.incoming().map_while(Result::ok) {
            let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { return };
            let (mut to_server, from_client) =
                (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
            std::thread::spawn(move || std::io::copy(&mut { from_client }, &mut to_server));
            std::thread::spawn(move || forward_but_notifications(server, client));
        }
    });
    format!("{}?sslmode=disable", address.replace(&format!(":{port}/"), &format!(":{own}/")))
}

/// Each message of the server is a letter, its length with itself, and the rest.
fn forward_but_notifications(mut server: TcpStream, mut client: TcpStream) -> std::io::Result<()> {
    loop {
        let mut head = [0; 5];
        server.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let mut message = head.to_vec();
        message.resize(1 + length, 0);
        server.read_exact(&mut message[5..])?;
        if head[0] != b'A' {
            client.write_all(&message)?;
        }
    }
}
