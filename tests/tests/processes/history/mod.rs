//! What many clients were told by three processes, and when, is laid before a judge: is there an order of all that, one after the other, in which a
//! session of the table would have answered so?

mod judge;
mod judge_tests;
mod player;

pub(crate) use player::child;

use crate::crew::{Crew, Steady, number, on_each_database};
use judge::{Answer, Asked, Event, Rules, explain};
use jwt_auth::{Claims, JwtAuth, Settings};
use jwt_auth_tests::{KEY, long};
use std::time::Instant;

/// Sessions that are played at once.
const TOGETHER: usize = 25;

#[test]
fn a_recorded_history_of_many_sessions_is_one_order_of_moves() {
    on_each_database("history", |runtime, database, address| {
        let sessions = if long() { 100_000 } else { 200 };
        let issuer = runtime.block_on(JwtAuth::builder(settings()).start()).expect("starts");
        let mut crew = Crew::start("history", address);
        let (steady, begun) = (Steady::begin(), Instant::now());
        let mut tally = Tally::default();
        for batch in 0..sessions / TOGETHER {
            let tokens: Vec<String> = (0..TOGETHER)
                .map(|session| {
                    let user = batch * TOGETHER + session;
                    // As if from elsewhere: whoever presents it first makes the session.
                    let token = issuer.refresh_token_for(&user.to_string(), &Claims::new()).expect("a token");
                    token.expose().to_owned()
                })
                .collect();
            crew.tell(&format!("{batch} {}", tokens.join(",")));
            let mut histories = vec![Vec::new(); TOGETHER];
            for child in &mut crew.children {
                for history in &mut histories {
                    history.extend(child.hear().iter().skip(1).map(|text| read(text)));
                }
            }
            steady.check();
            for (session, mut history) in histories.into_iter().enumerate() {
                history.sort_by_key(|event| event.begun);
                tally.count(&history);
                if let Err(why) = explain(&history, Rules::of(batch)) {
                    panic!("{database}, session {session} of batch {batch}: {why}\n{history:#?}");
                }
            }
        }
        println!("{database}: {sessions} sessions in {:.0} s, {tally:?}: all explained", begun.elapsed().as_secs_f64());
        assert!(tally.handed_out > 0 && tally.over_at_once > 0 && tally.to_wait > 0 && tally.logouts > 0, "{tally:?}");
        assert!(tally.thefts > 0 && tally.beside_each_other > tally.handed_out / 10, "{tally:?}");
    });
}

/// Those under which tokens are issued; how a session is judged is the batch's.
fn settings() -> Settings {
    Settings { rotate_refresh_tokens: false, ..Settings::new(KEY) }
}

/// What there was.
#[derive(Debug, Default)]
struct Tally {
    handed_out: usize,
    over_at_once: usize,
    to_wait: usize,
    thefts: usize,
    logouts: usize,
    beside_each_other: usize,
}

impl Tally {
    fn count(&mut self, history: &[Event]) {
        for event in history {
            match event.answer {
                Answer::Tokens { .. } => self.handed_out += 1,
                Answer::Conflict => self.to_wait += 1,
                Answer::Reused => self.thefts += 1,
                Answer::Revoked => self.over_at_once += 1,
                Answer::LoggedOut => self.logouts += 1,
            }
        }
        let next_to = history.windows(2).filter(|pair| pair[1].begun < pair[0].ended);
        self.beside_each_other += next_to.count();
    }
}

/// An event as [`player`] writes it.
fn read(text: &str) -> Event {
    let parts: Vec<&str> = text.split(':').collect();
    let [what, presented, begun, ended, answer @ ..] = parts.as_slice() else { panic!("{text}") };
    let asked = match *what {
        "refresh" => Asked::Refresh(number(presented)),
        "logout" => Asked::Logout,
        other => panic!("{other}"),
    };
    let answer = match answer {
        ["tokens", generation, digest] => {
            Answer::Tokens { generation: number(generation), text: digest.parse().expect("a number") }
        }
        ["conflict"] => Answer::Conflict,
        ["reused"] => Answer::Reused,
        ["revoked"] => Answer::Revoked,
        ["logged-out"] => Answer::LoggedOut,
        other => panic!("no answer of the table: {other:?}"),
    };
    Event { asked, begun: number(begun), ended: number(ended), answer }
}
