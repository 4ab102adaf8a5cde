//! The session table under honest clients that lose answers, and under thieves.
//!
//! Quick by default: 300 sessions a row. `LONG_TESTS=1` plays ten thousand. Both are held against the reference, a model of the table in another
//! language, played with the same chance: none of ours is worse. The figures of the quick run stand in
//! docs/sessions.md, which is compared with them here; after a change of the table, what the failing test prints goes there.

mod chance;
mod honest;
mod properties;
mod server;
mod simplejwt;
mod stores;
mod thieves;

use honest::{Browser, Lived, browse, run_native};
use jwt_auth::settings::ReusePolicy;
use jwt_auth_tests::long;
use server::{RULES, Row, Seconds};
use std::fmt::Write;
use std::sync::atomic::{AtomicU32, Ordering};
use thieves::{Network, Signal, Theft, Thief, ride, steal};

const PAGE: &str = include_str!("../../../../../docs/sessions.md");

/// A kind of trouble, and how many of the sessions of each kind of tabs the reference logged out, with times to the millisecond as the table has
/// them: of 300, and of 10,000.
type Trouble = (&'static str, [u32; 5], [u32; 5], fn(Browser) -> Browser);

/// How many answers applications lose, and how many of them the reference logged out, likewise.
const LOSSES: [(f64, u32, u32); 3] = [(0.05, 0, 0), (0.2, 0, 1), (0.4, 5, 149)];

#[rustfmt::skip]
const TROUBLES: [Trouble; 12] = [
    ("no answer lost", [0; 5], [0; 5], |b| b),
    ("10 % of answers lost", [0; 5], [0; 5], |b| Browser { loss: 0.1, ..b }),
    ("10 % lost, server-side rendering beside the browser", [0; 5], [0; 5], |b| Browser { loss: 0.1, rendering: true, ..b }),
    ("10 % lost, a worker with an agent text of its own", [0; 5], [0, 0, 1, 0, 0], |b| Browser { loss: 0.1, worker: true, ..b }),
    ("30 % lost, the browser is updated in between", [0; 5], [0, 0, 0, 2, 12], |b| Browser { loss: 0.3, update: Some(b.horizon / 2.0), ..b }),
    ("30 % lost, one of two addresses at every request", [0; 5], [0; 5], |b| Browser { loss: 0.3, roam: 1.0, ..b }),
    ("10 % lost, one of 50 addresses at every request", [0, 0, 0, 1, 1], [0, 0, 1, 25, 5], |b| Browser { loss: 0.1, roam: 1.0, networks: 50, ..b }),
    ("20 % lost, another address between each lost answer and its retry", [0, 0, 2, 2, 14], [0, 1, 16, 177, 553], |b| Browser { loss: 0.2, linked: 1.0, ..b }),
    ("5 % lost, 1 % 1 to 15 s late", [0, 0, 11, 0, 0], [0, 0, 247, 0, 0], |b| Browser { loss: 0.05, late: 0.01, late_to: 15.0, ..b }),
    ("the same, one of two addresses at every fifth request", [0, 1, 7, 0, 0], [5, 3, 275, 0, 0], |b| Browser { loss: 0.05, late: 0.01, late_to: 15.0, roam: 0.2, ..b }),
    ("10 % lost, 5 % 1 to 40 s late", [0, 0, 34, 0, 0], [0, 0, 1181, 0, 0], |b| Browser { loss: 0.1, late: 0.05, ..b }),
    ("the same, one of two addresses at every request", [20, 7, 85, 115, 165], [678, 214, 2913, 4608, 5436], |b| Browser { loss: 0.1, late: 0.05, roam: 1.0, ..b }),
];

const TABS: [Browser; 5] = [
    Browser::tabs(2, (0.5, 60.0), 600.0),
    Browser::tabs(2, (200.0, 400.0), 3600.0),
    Browser::tabs(10, (100.0, 400.0), 1800.0),
    Browser::tabs(10, (0.5, 30.0), 300.0),
    Browser::tabs(10, (0.1, 2.0), 120.0),
];

/// Logged out without a thief, and the longest wait of anybody.
#[test]
fn honest_browsers_stay_logged_in() {
    let (mut page, mut worse) = (String::new(), Vec::new());
    for (trouble, of_300, of_10_000, make) in TROUBLES {
        let mut cells = Vec::new();
        let mut longest: Seconds = 0.0;
        for (tabs, most) in TABS.into_iter().zip(if long() { of_10_000 } else { of_300 }) {
            let browser = make(tabs);
            let (out, wait) = over(sessions(), |seed| browse(&browser, &mut Row::new(RULES), seed));
            longest = longest.max(wait);
            if out > most {
                worse.push(format!("{trouble}: {out} of {} logged out, {most} by the reference", sessions()));
            }
            cells.push(out.to_string());
        }
        let _ = writeln!(page, "| {trouble} | {} | {longest:.0} s |", cells.join(" | "));
    }
    assert!(worse.is_empty(), "{}\n{page}", worse.join("\n"));
    compare(&page);
}

#[test]
fn applications_that_lose_answers_stay_logged_in() {
    let mut page = String::new();
    for (loss, of_300, of_10_000) in LOSSES {
        let most = if long() { of_10_000 } else { of_300 };
        let (out, wait) = over(sessions(), |seed| run_native(loss, &mut Row::new(RULES), seed));
        assert!(out <= most, "{loss}: {out} of {} logged out, {most} by the reference", sessions());
        let strict = server::revoking();
        let (strictly, _) = over(sessions(), |seed| run_native(loss, &mut Row::new(strict), seed));
        let _ = writeln!(page, "| {:.0} % of answers lost | {out} | {wait:.0} s | {strictly} |", 100.0 * loss);
    }
    compare(&page);
}

/// Nobody shares a session with its owner unseen but those of whom the page says so.
#[test]
fn thieves_are_found_out() {
    let mut page = String::new();
    for (thief, name) in Thief::ALL {
        for network in Network::ALL {
            let played = [ReusePolicy::Recover, ReusePolicy::Revoke].map(|policy| steal(thief, network, policy, RULES));
            let [recover, revoke] = &played;
            for (theft, policy) in played.iter().zip(["recover", "revoke"]) {
                // Seen in the audit only, or not at all, as the page says.
                let is_second_tab = matches!(thief, Thief::SecondTab) && network != Network::Known;
                let is_seen_only = policy == "recover" && matches!(thief, Thief::StealsEach | Thief::OneTurn);
                let is_conceded = is_second_tab || is_seen_only;
                // Where both hold one parent, it moves the session on eight times.
                let most = if matches!(thief, Thief::DropsAnswers) { 8 } else { 2 };
                let told = format!("{name}, {network:?}, {policy}: {} pairs, survived {}", theft.pairs, theft.survived);
                assert!(is_conceded || theft.found_out, "{told}, unseen");
                assert!(is_second_tab || theft.found_out || theft.contested > 0, "{told}, nobody was told");
                assert!(is_conceded || theft.survived <= most, "{told}");
                assert!(theft.longest_hold <= 270.0, "{name}, {network:?}, {policy}: held {} s", theft.longest_hold);
            }
            let cells = [recover, revoke].map(cells);
            let _ = writeln!(page, "| {name} | {} | {} | {} |", words(network), cells[0], cells[1]);
        }
    }
    compare(&page);
}

/// What a thief can wait for tells nothing: whoever rides along without being told apart guesses, and is found out.
#[test]
fn nothing_tells_a_thief_that_the_owner_has_moved() {
    let mut page = String::new();
    let thefts = if long() { 2000 } else { 50 };
    for (signal, name) in [
        (Signal::Guess, "guesses"),
        (Signal::Verify, "asks verify about the token before"),
        (Signal::Clock, "goes by the access tokens' life"),
        (Signal::List, "reads the list of sessions"),
    ] {
        for network in Network::ALL {
            let of =
                |policy| -> Vec<Theft> { (0..thefts).map(|seed| ride(signal, network, policy, RULES, seed)).collect() };
            let [recover, revoke] = [ReusePolicy::Recover, ReusePolicy::Revoke].map(of);
            let sum = |thefts: &[Theft]| {
                let unseen = thefts.iter().filter(|theft| !theft.found_out).count();
                let pairs = f64::from(thefts.iter().map(|theft| theft.pairs).sum::<u32>()) / thefts.len() as f64;
                assert_eq!(unseen, 0, "{name}, {network:?}: {pairs} pairs each");
                let survived = thefts.iter().map(|theft| theft.survived).max().unwrap_or_default();
                format!("{pairs:.1}, {survived}")
            };
            let _ = writeln!(page, "| {name} | {} | {} | {} |", words(network), sum(&recover), sum(&revoke));
        }
    }
    compare(&page);
}

fn cells(theft: &Theft) -> String {
    let end = if theft.found_out { "" } else { ", not found out" };
    format!("{}, {}, {:.0} s{end}", theft.pairs, theft.survived, theft.longest_hold)
}

const fn words(network: Network) -> &'static str {
    match network {
        Network::Known => "known",
        Network::Unknown => "unknown",
        Network::OneProxy => "one proxy",
    }
}

fn sessions() -> u32 {
    if long() { 10_000 } else { 300 }
}

/// How many were logged out, and the longest wait.
fn over(sessions: u32, live: impl Fn(u32) -> Lived + Sync) -> (u32, Seconds) {
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    over_by(workers, sessions, live)
}

/// The same with so many at once.
fn over_by(workers: usize, sessions: u32, live: impl Fn(u32) -> Lived + Sync) -> (u32, Seconds) {
    let next = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let work = || {
            let (mut out, mut longest): (u32, Seconds) = (0, 0.0);
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                if seed >= sessions {
                    return (out, longest);
                }
                let lived = live(seed);
                out += u32::from(lived.logged_out);
                longest = longest.max(lived.longest_wait);
            }
        };
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(|worker| worker.join().expect("no session panics"));
        results.fold((0, 0.0_f64), |(out, longest), (more, wait)| (out + more, longest.max(wait)))
    })
}

/// The page's figures are those of the quick run.
fn compare(rows: &str) {
    let missing: Vec<_> = rows.lines().filter(|row| !PAGE.contains(row)).collect();
    println!("{rows}");
    assert!(long() || missing.is_empty(), "docs/sessions.md has other figures than these:\n{rows}");
}
