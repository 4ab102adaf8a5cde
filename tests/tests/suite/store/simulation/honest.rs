//! Honest clients: tabs over one jar of cookies, and applications with a store of their own.

use super::chance::Chance;
use super::server::{Seconds, Server, Who};
use jwt_auth::store::Decision;
use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

/// What a browser is like.
#[derive(Clone, Copy)]
pub struct Browser {
    pub tabs: usize,
    /// Pause between two refreshes of one tab.
    pub period: (Seconds, Seconds),
    pub horizon: Seconds,
    /// How many answers are lost after the server moved.
    pub loss: f64,
    /// How many requests come from a random one of `networks`.
    pub roam: f64,
    pub networks: u32,
    /// How often the network changes for good with a lost answer: from wifi to mobile.
    pub linked: f64,
    /// How many answers are late, and by how much at most.
    pub late: f64,
    pub late_to: Seconds,
    /// The first tab is a server that renders, with an agent and a network of its own.
    pub rendering: bool,
    /// Half of the requests are a service worker's, with another agent.
    pub worker: bool,
    /// When the agent's text changes.
    pub update: Option<Seconds>,
}

impl Browser {
    pub const fn tabs(tabs: usize, period: (Seconds, Seconds), horizon: Seconds) -> Self {
        Self {
            tabs,
            period,
            horizon,
            loss: 0.0,
            roam: 0.0,
            networks: 2,
            linked: 0.0,
            late: 0.0,
            late_to: 40.0,
            rendering: false,
            worker: false,
            update: None,
        }
    }
}

/// What came of one session.
#[derive(Debug, Default, PartialEq)]
pub struct Lived {
    pub logged_out: bool,
    pub refreshes: u32,
    pub conflicts: u32,
    /// From the first try to the answer that was read, conflicts and lost answers included.
    pub longest_wait: Seconds,
}

enum Event {
    Start { tab: usize, since: Option<Seconds> },
    Arrive { tab: usize, since: Seconds, sent: u64, who: Who },
    Answer { tab: usize, since: Seconds, decision: Decision, token: u64 },
}

/// Ordered by time, then by number.
struct Due(Seconds, u64, Event);

impl PartialEq for Due {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Due {}

impl PartialOrd for Due {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Due {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

#[derive(Default)]
struct Agenda {
    due: BinaryHeap<Reverse<Due>>,
    numbered: u64,
}

impl Agenda {
    fn at(&mut self, when: Seconds, event: Event) {
        self.numbered += 1;
        self.due.push(Reverse(Due(when, self.numbered, event)));
    }
}

/// The longest ordinary way to the server or back.
const LATENCY: Seconds = 0.4;

/// Tabs over one jar, into which every answer writes when it arrives, whatever newer token it overwrites.
pub fn browse(browser: &Browser, server: &mut impl Server, seed: u32) -> Lived {
    let mut chance = Chance::new(seed);
    let (mut agenda, mut lived) = (Agenda::default(), Lived::default());
    let (mut jar, mut home) = (0, 0);
    for tab in 0..browser.tabs {
        let when = chance.uniform(0.0, 3.0);
        agenda.at(when, Event::Start { tab, since: None });
    }
    while let Some(Reverse(Due(now, _, event))) = agenda.due.pop() {
        match event {
            Event::Start { .. } if now > browser.horizon => {}
            Event::Start { tab, since } => {
                let who = sender(browser, &mut chance, tab, home, now);
                let when = now + chance.uniform(0.01, LATENCY);
                agenda.at(when, Event::Arrive { tab, since: since.unwrap_or(now), sent: jar, who });
            }
            Event::Arrive { tab, since, sent, who } => {
                let (decision, token) = server.refresh(sent, now, who);
                let is_late = chance.random() < browser.late;
                let way = if is_late { chance.uniform(1.0, browser.late_to) } else { chance.uniform(0.01, LATENCY) };
                agenda.at(now + way, Event::Answer { tab, since, decision, token });
            }
            Event::Answer { tab, since, decision, token } if decision.hands_out() => {
                lived.refreshes += 1;
                if chance.random() < browser.loss {
                    if chance.random() < browser.linked {
                        home += 1;
                    }
                    let when = now + chance.uniform(0.1, 6.0);
                    agenda.at(when, Event::Start { tab, since: Some(since) });
                } else {
                    jar = token;
                    lived.longest_wait = lived.longest_wait.max(now - since);
                    let when = now + chance.uniform(browser.period.0, browser.period.1);
                    agenda.at(when, Event::Start { tab, since: None });
                }
            }
            Event::Answer { tab, since, decision: Decision::Conflict, .. } => {
                lived.conflicts += 1;
                agenda.at(now + 1.0, Event::Start { tab, since: Some(since) });
            }
            Event::Answer { .. } => {
                lived.logged_out = true;
                break;
            }
        }
    }
    lived
}

fn sender(browser: &Browser, chance: &mut Chance, tab: usize, home: u32, now: Seconds) -> Who {
    if browser.rendering && tab == 0 {
        return Who::new("node", 99);
    }
    let is_worker = browser.worker && chance.random() < 0.5;
    let is_updated = browser.update.is_some_and(|update| now >= update);
    let agent = if is_worker {
        "worker"
    } else if is_updated {
        "Firefox 2"
    } else {
        "Firefox"
    };
    let roams = chance.random() < browser.roam;
    Who::new(agent, if roams { chance.below(browser.networks) } else { home })
}

/// An application: answers are lost and asked for again after a tenth of a second to three days, mostly from the same
/// network; and it is killed now and then between receiving and storing.
pub fn run_native(loss: f64, server: &mut impl Server, seed: u32) -> Lived {
    let (mut chance, mut lived) = (Chance::new(seed), Lived::default());
    let (mut now, mut moved, mut token, mut home) = (0.0, 0.0, 0, 0);
    for _ in 0..200 {
        now += chance.choice(&[60.0, 300.0, 900.0, 3600.0, 40_000.0]) * chance.uniform(0.5, 1.5);
        let mut since = now;
        loop {
            if now > 90.0 * 86_400.0 * 0.98 || now > moved + 14.0 * 86_400.0 * 0.9 {
                return lived;
            }
            let (decision, next) = server.refresh(token, now, Who::new("app", home));
            if decision == Decision::Conflict {
                lived.conflicts += 1;
                now += 1.0;
                continue;
            }
            if !decision.hands_out() {
                lived.logged_out = true;
                return lived;
            }
            if decision != Decision::Replay {
                moved = now;
            }
            if chance.random() < loss || chance.random() < 0.05 {
                if chance.random() < 0.3 {
                    home += 1;
                }
                let longest = if chance.random() < 0.1 { 259_200.0 } else { 600.0 };
                now += chance.choice(&[0.1, 1.0, 3.0, 8.0, 15.0, 25.0, 40.0, 120.0, 3600.0, 40_000.0, longest]);
                since = now;
                continue;
            }
            lived.refreshes += 1;
            token = next;
            lived.longest_wait = lived.longest_wait.max(now - since);
            break;
        }
    }
    lived
}
