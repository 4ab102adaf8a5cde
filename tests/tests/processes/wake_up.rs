//! How long until a logout in one process is heard of in two others.

use crate::crew::{Crew, Steady, now, number, say, told};
use jwt_auth::settings::minutes;
use jwt_auth::{Claims, Client, JwtAuth, Settings};
use jwt_auth_tests::postgres::Postgres;
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::sessions::open_any;
use jwt_auth_tests::{KEY, long};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::runtime::Runtime;

/// Far longer than a test waits.
const NEVER: Duration = Duration::from_secs(60);

const LISTENING: &str =
    "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
const KILL: &str = "SELECT COUNT(pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND query LIKE 'LISTEN%'";

/// The wake-up of PostgreSQL, and the poll where there is none: on a machine that does other things besides, ten seconds tell them from an hour.
fn within(most: Duration) -> Duration {
    if long() { most } else { Duration::from_secs(10) }
}

#[test]
fn a_logout_is_heard_of_in_other_processes_before_they_ask() {
    let Some(server) = Postgres::start() else { return };
    let mut nodes = Nodes::start(&server.next_database(), NEVER);
    let most = nodes.log_out("woken", if long() { 1000 } else { 20 }, |_| {});
    assert!(most <= within(Duration::from_millis(500)), "p99 {most:?}");
}

#[test]
fn a_logout_is_heard_of_in_time_where_the_connection_of_the_wake_up_is_killed() {
    let Some(server) = Postgres::start() else { return };
    let (address, interval) = (server.next_database(), Duration::from_millis(500));
    let runtime = Runtime::new().expect("a runtime");
    let mut operator = runtime.block_on(PgConnection::connect(&address)).expect("connects");
    let mut count = |sql| runtime.block_on(sqlx::query_scalar::<_, i64>(sql).fetch_one(&mut operator)).expect("counts");
    let mut nodes = Nodes::start(&address, interval);
    let most = nodes.log_out("killed", if long() { 1000 } else { 5 }, |_| {
        while count(LISTENING) < 3 {
            std::thread::sleep(Duration::from_millis(2));
        }
        assert_eq!(count(KILL), 3, "each listens");
    });
    assert!(most <= within(interval + Duration::from_millis(250)), "p99 {most:?}");
}

#[test]
fn a_logout_is_heard_of_in_time_where_nobody_is_woken() {
    let scratch = Scratch::new("poll");
    let interval = Duration::from_millis(500);
    let mut nodes = Nodes::start(&scratch.next_database(), interval);
    let most = nodes.log_out("SQLite", if long() { 1000 } else { 3 }, |_| {});
    assert!(most <= within(interval + Duration::from_millis(250)), "p99 {most:?}");
}

struct Nodes {
    crew: Crew,
    interval: Duration,
}

impl Nodes {
    fn start(address: &str, interval: Duration) -> Self {
        Self { crew: Crew::start(&format!("node {}", interval.as_millis()), address), interval }
    }

    /// So many logouts by one of the processes in turn, and how long it took until both others refused, at the 99th of a hundred.
    fn log_out(&mut self, name: &str, count: usize, mut before: impl FnMut(usize)) -> Duration {
        let steady = Steady::begin();
        let mut took = Vec::new();
        for round in 0..count {
            let here = round % 3;
            let others = [(here + 1) % 3, (here + 2) % 3];
            let children = &mut self.crew.children;
            children[here].tell(&format!("login {round}"));
            let [_, refresh, access] = children[here].hear().try_into().expect("a pair");
            for other in others {
                children[other].tell(&format!("watch {access}"));
                assert_eq!(children[other].hear(), ["good"]);
            }
            before(round);
            let how = if round % 2 == 0 { format!("end {refresh}") } else { format!("everywhere {round}") };
            children[here].tell(&how);
            let ended = number(&children[here].hear()[1]);
            for other in others {
                // It may be heard of before whoever asked is told that it was done.
                took.push(Duration::from_nanos(number(&children[other].hear()[1]).saturating_sub(ended)));
            }
        }
        steady.check();
        took.sort();
        let most = took[took.len() * 99 / 100];
        println!(
            "{name}, asking each {:?}: {count} logouts in three processes, heard of after {:?} in the middle, {most:?} at p99, {:?} at most",
            self.interval,
            took[took.len() / 2],
            took[took.len() - 1],
        );
        most
    }
}

/// What a child does: it logs in, logs out, or watches for the moment from which a token is refused.
pub(crate) async fn child(address: &str, interval: &str) {
    let interval = Duration::from_millis(number(interval));
    let settings = Settings {
        revocation_sync_interval: interval,
        revocation_max_staleness: interval.max(minutes(1)) * 5,
        ..Settings::new(KEY)
    };
    let auth: JwtAuth = JwtAuth::builder(settings).store(open_any(address).await).start().await.expect("starts");
    for words in told() {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["login", user] => {
                let token = auth.refresh_token_for(user, &Claims::new()).expect("a token");
                let pair = auth.refresh(token.expose(), Client::default()).await.expect("a session");
                let refresh = pair.refresh.expect("rotation is on");
                say(format!("pair {} {}", refresh.expose(), pair.access.expose()));
            }
            ["watch", access] => {
                auth.authenticate(access).await.expect("good in every process");
                say("good".to_owned());
                while auth.authenticate(access).await.is_ok() {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                }
                say(format!("refused {}", now()));
            }
            ["end", refresh] => {
                auth.blacklist(refresh).await.expect("logs out");
                say(format!("ended {}", now()));
            }
            ["everywhere", user] => {
                auth.end_all_sessions(user).await.expect("logs out everywhere");
                say(format!("ended {}", now()));
            }
            other => panic!("{other:?}"),
        }
    }
}
