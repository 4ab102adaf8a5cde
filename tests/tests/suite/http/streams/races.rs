//! A revocation at any moment between the guard and the wait is not missed.

use super::{in_time, login, session_of};
use futures_util::FutureExt;
use jwt_auth::clock::{Clock, Timestamp};
use jwt_auth::store::MemoryStore;
use jwt_auth::testing::ManualClock;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{Closed, JwtAuth};
use jwt_auth_tests::{Account, App, settings};
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

#[tokio::test]
async fn a_revocation_between_the_guard_and_the_wait_is_not_missed() {
    let app = App::start(settings()).await;
    let (refresh, access) = app.login().await;
    let session = app.auth.current_session(app.auth.authenticate(&access).await.expect("good"));
    let (early, clone) = (session.closed(), session.clone());
    app.auth.blacklist(&refresh).await.expect("logged out");
    assert_eq!(early.now_or_never(), Some(Closed::Revoked), "made before, asked after");
    assert_eq!(clone.closed().now_or_never(), Some(Closed::Revoked));
    assert_eq!(session.closed().now_or_never(), Some(Closed::Revoked), "and ever after");
}

/// A clock that does something once, at a chosen one of the moments in which it is asked, slept on or polled.
#[derive(Clone, Default)]
struct Interrupting {
    clock: ManualClock,
    deed: Arc<Mutex<Option<(u32, Deed)>>>,
}

type Deed = Box<dyn FnOnce() + Send>;

impl Interrupting {
    fn step(&self) {
        let due = {
            let mut deed = self.deed.lock().expect("no panic");
            match deed.take() {
                Some((0, due)) => Some(due),
                Some((steps, later)) => {
                    *deed = Some((steps - 1, later));
                    None
                }
                None => None,
            }
        };
        if let Some(due) = due {
            due();
        }
    }
}

impl Clock for Interrupting {
    fn now(&self) -> Timestamp {
        self.step();
        self.clock.now()
    }

    fn sleep_until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.step();
        let mut sleep = self.clock.sleep_until(moment);
        Box::pin(poll_fn(move |cx| {
            self.step();
            sleep.as_mut().poll(cx)
        }))
    }
}

impl fmt::Debug for Interrupting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Interrupting")
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn a_revocation_at_any_step_of_the_wait_is_not_missed() {
    let mut waited = 0;
    for steps in 0..3 {
        let clock = Interrupting::default();
        let builder = JwtAuth::builder(settings()).users(MemoryUsers::new(|user: &Account| &user.username));
        let auth = builder.store(MemoryStore::new()).clock(clock.clone()).start().await.expect("good settings");
        let pair = login(&auth, 1).await;
        let mut closed = Box::pin(session_of(&auth, &pair).await.closed());
        let logging_out = auth.clone();
        let logout = move || {
            let outcome = logging_out.blacklist(pair.refresh.expose()).now_or_never();
            outcome.expect("memory does not wait").expect("logged out");
        };
        *clock.deed.lock().expect("no panic") = Some((steps, Box::new(logout)));
        let woken = Arc::new(Woken::default());
        let mut told = closed.as_mut().poll(&mut Context::from_waker(&Arc::clone(&woken).into()));
        if told.is_pending() {
            waited += 1;
            assert!(woken.0.load(Ordering::SeqCst), "missed at step {steps}");
            told = closed.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        assert_eq!(told, Poll::Ready(Closed::Revoked), "step {steps}");
        assert!(clock.deed.lock().expect("no panic").is_none(), "there is no step {steps}");
    }
    assert_eq!(waited, 1, "the last step is one of a stream that waits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_revocation_in_the_very_moment_of_the_wait_is_not_missed() {
    let app = App::start(settings()).await;
    for round in 0..300_u32 {
        let pair = login(&app.auth, 1).await;
        let session = session_of(&app.auth, &pair).await;
        let waiting: Vec<_> = (0..4)
            .map(|task| {
                let session = session.clone();
                tokio::spawn(async move {
                    for _ in 0..(round * 7 + task * 13) % 40 {
                        std::hint::spin_loop();
                    }
                    session.closed().await
                })
            })
            .collect();
        app.auth.blacklist(pair.refresh.expose()).await.expect("logged out");
        for waiting in waiting {
            assert_eq!(in_time(waiting).await.expect("no panic"), Closed::Revoked, "round {round}");
        }
    }
}
