//! Histories that were never recorded: each violation is found, and what only looks odd is not.

use super::judge::{Answer, Asked, Event, Rules, explain};

const GRACE: Rules = Rules { has_grace: true, recovers: true };
const STRICT: Rules = Rules { has_grace: false, recovers: false };
const RECOVERS: Rules = Rules { has_grace: false, recovers: true };

const fn refresh(begun: u64, ended: u64, presented: u64, answer: Answer) -> Event {
    Event { asked: Asked::Refresh(presented), begun, ended, answer }
}

const fn logout(begun: u64, ended: u64, answer: Answer) -> Event {
    Event { asked: Asked::Logout, begun, ended, answer }
}

/// A token whose text goes by its generation.
const fn tokens(generation: u64) -> Answer {
    Answer::Tokens { generation, text: 1000 + generation }
}

#[test]
fn what_can_be_is_explained() {
    let moved = [refresh(0, 10, 0, tokens(1)), refresh(20, 30, 1, tokens(2))];
    for (rules, more) in [
        (GRACE, vec![]),
        // An older one again, and one that another client has to wait with.
        (GRACE, vec![refresh(40, 50, 0, tokens(2)), refresh(40, 50, 0, Answer::Conflict)]),
        // Beside the move, before or after which it comes.
        (GRACE, vec![refresh(5, 25, 0, tokens(1)), refresh(5, 25, 0, tokens(2))]),
        // Answered late: what was asked before the logout was acknowledged.
        (
            GRACE,
            vec![logout(31, 60, Answer::LoggedOut), refresh(32, 70, 2, tokens(3)), refresh(65, 66, 3, Answer::Revoked)],
        ),
        (GRACE, vec![logout(31, 60, Answer::LoggedOut), logout(31, 60, Answer::Revoked)]),
        (
            STRICT,
            vec![
                refresh(40, 50, 1, Answer::Reused),
                refresh(60, 70, 2, Answer::Reused),
                logout(80, 90, Answer::Revoked),
            ],
        ),
        (
            RECOVERS,
            vec![refresh(40, 50, 1, tokens(3)), refresh(60, 70, 1, tokens(4)), refresh(80, 90, 2, Answer::Reused)],
        ),
    ] {
        let history: Vec<_> = moved.into_iter().chain(more).collect();
        explain(&history, rules).unwrap_or_else(|why| panic!("{why}: {history:#?}"));
    }
}

#[test]
fn what_cannot_be_is_found() {
    let moved = [refresh(0, 10, 0, tokens(1)), refresh(20, 30, 1, tokens(2))];
    let other_text = Answer::Tokens { generation: 2, text: 7 };
    let same_text = Answer::Tokens { generation: 3, text: 1002 };
    for (what, rules, more) in [
        ("a generation goes back", GRACE, vec![refresh(40, 50, 0, tokens(1))]),
        ("one is skipped", GRACE, vec![refresh(40, 50, 2, tokens(4))]),
        ("one generation has two texts", GRACE, vec![refresh(40, 50, 1, other_text)]),
        ("one text is of two generations", GRACE, vec![refresh(40, 50, 2, same_text)]),
        ("a token is moved from twice", STRICT, vec![refresh(25, 35, 1, tokens(2))]),
        ("a spent token moves", STRICT, vec![refresh(40, 50, 1, tokens(3))]),
        ("what is no parent is recovered", RECOVERS, vec![refresh(40, 50, 0, tokens(3))]),
        ("a parent is a thief's where it is recovered", RECOVERS, vec![refresh(40, 50, 1, Answer::Reused)]),
        ("a young token is a thief's", GRACE, vec![refresh(40, 50, 0, Answer::Reused)]),
        ("the newest is a thief's", STRICT, vec![refresh(40, 50, 2, Answer::Reused)]),
        ("the newest has to wait", GRACE, vec![refresh(40, 50, 2, Answer::Conflict)]),
        ("one of the future is good", GRACE, vec![refresh(40, 50, 3, tokens(4))]),
        ("nobody logged out", GRACE, vec![refresh(40, 50, 2, Answer::Revoked)]),
        (
            "nobody logged out so early",
            GRACE,
            vec![refresh(40, 50, 2, Answer::Revoked), logout(60, 70, Answer::LoggedOut)],
        ),
        ("tokens after a logout", GRACE, vec![logout(40, 50, Answer::LoggedOut), refresh(51, 60, 2, tokens(3))]),
        ("a replay after a logout", GRACE, vec![logout(40, 50, Answer::LoggedOut), refresh(51, 60, 1, tokens(2))]),
        (
            "a conflict after a logout",
            GRACE,
            vec![logout(40, 50, Answer::LoggedOut), refresh(51, 60, 1, Answer::Conflict)],
        ),
        ("two logouts", GRACE, vec![logout(40, 50, Answer::LoggedOut), logout(40, 50, Answer::LoggedOut)]),
        ("a logout is refused", GRACE, vec![logout(40, 50, Answer::Revoked)]),
        ("tokens after a theft", STRICT, vec![refresh(40, 50, 1, Answer::Reused), refresh(51, 60, 2, tokens(3))]),
        ("a logout after a theft", STRICT, vec![refresh(40, 50, 1, Answer::Reused), logout(51, 60, Answer::LoggedOut)]),
    ] {
        let history: Vec<_> = moved.into_iter().chain(more).collect();
        explain(&history, rules).expect_err(what);
    }
}
