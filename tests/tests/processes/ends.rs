//! Refreshing in two processes while a third ends the session: afterwards nobody has anything of it.

use crate::crew::{Crew, number, on_each_database, say, told};
use jwt_auth::user::UserStore;
use jwt_auth::{AuthError, AuthUser, Claims, Client, JwtAuth, Login, NewUser, Settings, SqlUserStore};
use jwt_auth_tests::sessions::open_any;
use jwt_auth_tests::{KEY, long};
use std::time::{Duration, Instant};

/// `revocation_sync_interval` of these nodes.
const INTERVAL: Duration = Duration::from_millis(50);

/// Until an access token is refused on the other nodes. On a machine that does other things besides, what tells a late one from one that is never
/// refused.
fn bound() -> Duration {
    if long() { INTERVAL + Duration::from_millis(250) } else { Duration::from_secs(10) }
}

/// Refreshes that a task tries before it gives up being told that the session is over.
const MOST: usize = 2000;

/// How it is ended.
const WAYS: [&str; 3] = ["logout", "everywhere", "disable"];

/// Each second of three times it is a token from elsewhere, which the refreshes adopt at the same time.
#[test]
fn what_ends_a_session_among_refreshes_leaves_nothing_of_it() {
    on_each_database("ends", |runtime, database, address| {
        let (parent, users) = runtime.block_on(node(address));
        let mut crew = Crew::start("ends", address);
        let (mut refreshed, mut latest) = (0, 0);
        // So many of each way in the long version, and else of all.
        let rounds = if long() { 3 * 1000 } else { 51 };
        for round in 0..rounds {
            let how = WAYS[round % 3];
            let new = NewUser::new(&format!("{how}{round}"), "!");
            let user = runtime.block_on(users.create_user(new)).expect("a user");
            let token = if round / 3 % 2 == 0 {
                runtime.block_on(parent.for_user(&user, Login::default())).expect("a login").refresh
            } else {
                parent.refresh_token_for(&user.id.to_string(), &Claims::new()).expect("a token")
            };
            let token = token.expose();
            let subject = if how == "logout" { token.to_owned() } else { user.id.to_string() };
            let ends = round / 9 % 3;
            for turn in 0..3 {
                // Another one begins each time, and it ends after none to a few of the refreshes.
                let place = (round / 27 + turn) % 3;
                let pause = round * 7919 % 8000;
                let line = if place == ends { format!("{how} {pause} {subject}") } else { format!("refresh {token}") };
                crew.children[place].tell(&line);
            }
            let (mut refreshes, mut accesses) = (vec![token.to_owned()], Vec::new());
            for words in crew.hear() {
                if let [_, refresh, access] = words.as_slice() {
                    let texts = |list: &str| list.split(',').filter(|it| !it.is_empty()).map(str::to_owned).collect();
                    let (some, more): (Vec<_>, Vec<_>) = (texts(refresh), texts(access));
                    refreshed += more.len();
                    refreshes.extend(some);
                    accesses.extend(more);
                }
            }
            refreshes.sort();
            refreshes.dedup();
            crew.tell(&format!("check {} {}", refreshes.join(","), accesses.join(",")));
            for (place, words) in crew.hear().into_iter().enumerate() {
                let [_, at_first, millis] = words.as_slice() else { panic!("{words:?}") };
                let asked_here = place == ends;
                assert!(!asked_here || at_first == "0", "round {round}: {at_first} are good where it was ended");
                latest = latest.max(number(millis));
                assert!(u128::from(latest) <= bound().as_millis(), "round {round}: refused after {latest} ms");
            }
        }
        assert!(refreshed > rounds, "{refreshed} refreshes in {rounds} rounds are no race");
        println!(
            "{database}: {rounds} rounds of refreshes beside what ends their session, {refreshed} were answered before it: nothing is left, the last \
             access token was refused after {latest} ms, and at once on the node that was asked"
        );
    });
}

/// What a child does: it ends, refreshes until it is refused, or looks what is left.
pub(crate) async fn child(address: &str) {
    let (auth, users) = node(address).await;
    for words in told() {
        match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            ["refresh", token] => {
                let tasks: Vec<_> = (0..2).map(|_| tokio::spawn(refresh(auth.clone(), (*token).to_owned()))).collect();
                let (mut refreshes, mut accesses) = (Vec::new(), Vec::new());
                for task in tasks {
                    let (some, more) = task.await.expect("a task finishes");
                    refreshes.extend(some);
                    accesses.extend(more);
                }
                say(format!("got {} {}", refreshes.join(","), accesses.join(",")));
            }
            ["check", refreshes, accesses] => look(&auth, refreshes, accesses).await,
            [how, pause, subject] => {
                tokio::time::sleep(Duration::from_micros(number(pause))).await;
                match *how {
                    "logout" => auth.blacklist(subject).await.expect("logs out"),
                    "everywhere" => auth.end_all_sessions(subject).await.expect("logs out everywhere"),
                    _ => {
                        let user = users.find_by_id(subject).await.expect("an answer").expect("there is such a user");
                        auth.disable_user(&user).await.expect("disables");
                    }
                }
                say("ended".to_owned());
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn node(address: &str) -> (JwtAuth<AuthUser>, SqlUserStore) {
    let users = SqlUserStore::connect(address).await.expect("the database opens");
    users.migrate().await.expect("a table");
    let settings = Settings { revocation_sync_interval: INTERVAL, ..Settings::new(KEY) };
    let builder = JwtAuth::builder(settings).users(users.clone()).store(open_any(address).await);
    (builder.start().await.expect("starts"), users)
}

/// Until it is refused: what it got.
async fn refresh(auth: JwtAuth<AuthUser>, first: String) -> (Vec<String>, Vec<String>) {
    let (mut token, mut refreshes, mut accesses) = (first, Vec::new(), Vec::new());
    for _ in 0..MOST {
        match auth.refresh(&token, Client::default()).await {
            Ok(got) => {
                token = got.refresh.expect("rotation is on").expose().to_owned();
                refreshes.push(token.clone());
                accesses.push(got.access.expose().to_owned());
            }
            Err(AuthError::SessionEnded(_)) => return (refreshes, accesses),
            Err(AuthError::RefreshConflict) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    panic!("it is never told that the session is over");
}

/// Says how many of the access tokens are good at this moment, and after how many milliseconds none is.
async fn look(auth: &JwtAuth<AuthUser>, refreshes: &str, accesses: &str) {
    let begun = Instant::now();
    let accesses: Vec<String> = accesses.split(',').filter(|access| !access.is_empty()).map(str::to_owned).collect();
    let watch = {
        let auth = auth.clone();
        async move {
            let mut at_first = 0;
            for access in &accesses {
                at_first += u32::from(auth.authenticate(access).await.is_ok());
            }
            for access in &accesses {
                while auth.authenticate(access).await.is_ok() {
                    assert!(begun.elapsed() < Duration::from_secs(20), "it is never refused");
                    tokio::time::sleep(Duration::from_millis(1)).await;
                }
            }
            (at_first, if at_first == 0 { 0 } else { begun.elapsed().as_millis() })
        }
    };
    let watch = tokio::spawn(watch);
    for refresh in refreshes.split(',') {
        let outcome = auth.refresh(refresh, Client::default()).await;
        assert!(matches!(outcome, Err(AuthError::SessionEnded(_))), "of a session that is over: {outcome:?}");
    }
    let (at_first, millis) = watch.await.expect("looks");
    say(format!("checked {at_first} {millis}"));
}
