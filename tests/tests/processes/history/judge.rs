//! Whether the answers of one session can be explained.

use std::collections::{HashMap, HashSet};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    /// With this generation.
    Refresh(u64),
    Logout,
}

/// What was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// 200: the refresh token's generation, and what tells its text from another.
    Tokens { generation: u64, text: u64 },
    /// 409.
    Conflict,
    /// 401: a spent token has ended the session, now or before.
    Reused,
    /// 401: it was logged out before, or is over otherwise where a logout is asked for.
    Revoked,
    /// 200 to a logout.
    LoggedOut,
}

/// One request with its answer, and between which moments it was dealt with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) asked: Asked,
    pub(super) begun: u64,
    pub(super) ended: u64,
    pub(super) answer: Answer,
}

/// By which the session was judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Whether an older token of the same client is answered again: the default grace, else none.
    pub(super) has_grace: bool,
    /// `refresh_reuse_policy = "recover"`.
    pub(super) recovers: bool,
}

impl Rules {
    /// How many there are.
    pub(super) const COUNT: usize = 4;

    /// Those of a batch.
    pub(super) const fn of(batch: usize) -> Self {
        Self { has_grace: batch % 4 < 2, recovers: batch.is_multiple_of(2) }
    }
}

/// Of another client a spent token is young for so long; until then nobody is a thief.
const YOUNG: u64 = 30_000_000_000;

/// Another client's may be recovered after so long.
const HELD: u64 = 10_000_000_000;

/// Looks for an order of the events in which each has the answer that the table gives, and none comes before one that had been answered
/// when it was asked. It is Wing and Gong's search: the first of the order is one of those asked before anybody was answered, and so on.
///
/// # Errors
/// What cannot be.
pub(super) fn explain(history: &[Event], rules: Rules) -> Result<(), String> {
    one_text_a_generation(history)?;
    let first = history.iter().map(|event| event.begun).min().unwrap_or(0);
    let last = history.iter().map(|event| event.ended).max().unwrap_or(0);
    let case = Case { rules, lasted: last - first };
    let mut seen = HashSet::new();
    let mut open = vec![(0_u64, Session::default())];
    let mut most = 0;
    while let Some((done, session)) = open.pop() {
        most = most.max(done.count_ones());
        if done.count_ones() as usize == history.len() {
            return Ok(());
        }
        let undone = || history.iter().enumerate().filter(|(at, _)| done & 1 << at == 0);
        let answered = undone().map(|(_, event)| event.ended).min().unwrap_or(0);
        for (at, event) in undone().filter(|(_, event)| event.begun <= answered) {
            for next in case.after(session, event) {
                let next = (done | 1 << at, next);
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
    }
    Err(format!("no order explains it: {most} of {} at the most", history.len()))
}

/// One generation is one token, and no token is of two.
fn one_text_a_generation(history: &[Event]) -> Result<(), String> {
    let (mut texts, mut generations) = (HashMap::new(), HashMap::new());
    for event in history {
        let Answer::Tokens { generation, text } = event.answer else { continue };
        if *texts.entry(generation).or_insert(text) != text {
            return Err(format!("two tokens of generation {generation}"));
        }
        if *generations.entry(text).or_insert(generation) != generation {
            return Err(format!("one token of generation {generation} and another"));
        }
    }
    Ok(())
}

/// What the table knows of a session, but for the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Session {
    generation: u64,
    /// Of the newest.
    parent: Option<u64>,
    over: Option<Over>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Over {
    Reused,
    Revoked,
}

#[derive(Clone, Copy)]
struct Case {
    rules: Rules,
    /// Nanoseconds.
    lasted: u64,
}

impl Case {
    /// What the session may be after this event, were it the next; nothing where the answer cannot be.
    fn after(&self, session: Session, event: &Event) -> Vec<Session> {
        match (event.asked, session.over) {
            (Asked::Logout, None) => match event.answer {
                Answer::LoggedOut => vec![Session { over: Some(Over::Revoked), ..session }],
                _ => Vec::new(),
            },
            (Asked::Logout, Some(_)) => unchanged(session, event.answer == Answer::Revoked),
            (Asked::Refresh(_), Some(Over::Reused)) => unchanged(session, event.answer == Answer::Reused),
            (Asked::Refresh(_), Some(Over::Revoked)) => unchanged(session, event.answer == Answer::Revoked),
            (Asked::Refresh(presented), None) => self.refreshed(session, presented, event.answer),
        }
    }

    fn refreshed(&self, session: Session, presented: u64, answer: Answer) -> Vec<Session> {
        let Session { generation: newest, parent, .. } = session;
        let moved = |parent| Session { generation: newest + 1, parent: Some(parent), over: None };
        if presented >= newest {
            // One of the future is nobody's.
            let rotates =
                presented == newest && matches!(answer, Answer::Tokens { generation, .. } if generation == newest + 1);
            return if rotates { vec![moved(newest)] } else { Vec::new() };
        }
        let Rules { has_grace, recovers } = self.rules;
        match answer {
            Answer::Tokens { generation, .. } if generation == newest => unchanged(session, has_grace),
            Answer::Tokens { generation, .. } if generation == newest + 1 => {
                let may = recovers && parent == Some(presented) && (!has_grace || self.lasted >= HELD);
                if may { vec![moved(presented)] } else { Vec::new() }
            }
            Answer::Conflict => unchanged(session, has_grace),
            Answer::Reused if !has_grace || self.lasted >= YOUNG => {
                // Without a grace a parent is recovered and no thief's, up to eight times.
                let is_honest = recovers && parent == Some(presented) && newest - presented <= 8;
                if is_honest { Vec::new() } else { vec![Session { over: Some(Over::Reused), ..session }] }
            }
            _ => Vec::new(),
        }
    }
}

fn unchanged(session: Session, can_be: bool) -> Vec<Session> {
    if can_be { vec![session] } else { Vec::new() }
}
