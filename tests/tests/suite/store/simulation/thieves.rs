//! Thieves: what each does with a stolen token, against an owner who refreshes, tries again each second at 409 and stops at 401.

use super::chance::Chance;
use super::server::{Row, Seconds, Who};
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{Decision, SessionRules};

/// What of the address tells thief and owner apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// The thief is elsewhere, and the service knows addresses.
    Known,
    /// The service knows no addresses.
    Unknown,
    /// Everybody comes through one proxy.
    OneProxy,
}

impl Network {
    pub const ALL: [Self; 3] = [Self::Known, Self::Unknown, Self::OneProxy];

    fn owner(self) -> Who {
        Who { agent: Some("Firefox"), network: (self != Self::Unknown).then_some(1) }
    }

    fn thief(self, agent: Option<&'static str>) -> Who {
        let network = match self {
            Self::Known => Some(2),
            Self::Unknown => None,
            Self::OneProxy => Some(1),
        };
        Who { agent, network }
    }
}

#[derive(Clone, Copy, Debug)]
pub enum Thief {
    /// Refreshes every 8 seconds, more often than any grace.
    Hurried,
    /// Moves once, replays while it holds the owner off, and sends another `User-Agent` when that ends.
    TwoAgents,
    /// Presents the stolen parent again and again, ten seconds after the owner's first move.
    ParentAgain,
    /// Steals each of the owner's tokens, and presents it 100 seconds after the owner got it.
    StealsEach,
    /// Drops the owner's answers, so that both hold one parent.
    DropsAnswers,
    /// Sends no `User-Agent`, and follows whatever moves.
    SendsNothing,
    /// Takes one turn and asks verify from then on.
    OneTurn,
    /// Has the owner's agent text, and comes 9 seconds after each of the owner's moves.
    SecondTab,
}

impl Thief {
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::Hurried, "refreshes every 8 s"),
        (Self::TwoAgents, "two agent texts, holds the owner at 409"),
        (Self::ParentAgain, "the parent again and again"),
        (Self::StealsEach, "steals every token"),
        (Self::DropsAnswers, "drops the owner's answers"),
        (Self::SendsNothing, "sends no agent text"),
        (Self::OneTurn, "takes one turn, then asks verify"),
        (Self::SecondTab, "the owner's agent text, 9 s after each move"),
    ];
}

/// How a thief knows when the owner has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Not at all.
    Guess,
    /// Asks verify about the token before the present one.
    Verify,
    /// Knows how long the owner's access tokens live, and waits for a little more.
    Clock,
    /// Reads `last_used_at` in the list of sessions.
    List,
}

/// What came of a theft within a day.
#[derive(Default)]
pub struct Theft {
    /// Pairs that the thief got.
    pub pairs: u32,
    /// Refreshes of the owner before the last of them: how many the thief survived.
    pub survived: usize,
    pub found_out: bool,
    /// The longest that the owner was held at 409.
    pub longest_hold: Seconds,
    pub contested: u32,
}

const DAY: Seconds = 86_400.0;
const NEVER: Seconds = f64::INFINITY;
/// A thief who waits for a moment of the server's clock comes a little after it.
const MOMENT: Seconds = 0.002;

struct Owner {
    who: Who,
    period: Seconds,
    token: u64,
    next: Seconds,
    waits_since: Option<Seconds>,
    longest_hold: Seconds,
    refreshed: Vec<Seconds>,
    is_out: bool,
    /// Its answers never arrive.
    is_cut_off: bool,
}

impl Owner {
    fn new(who: Who, period: Seconds, first: Seconds) -> Self {
        Self {
            who,
            period,
            token: 0,
            next: first,
            waits_since: None,
            longest_hold: 0.0,
            refreshed: Vec::new(),
            is_out: false,
            is_cut_off: false,
        }
    }

    /// True when it got tokens.
    fn step(&mut self, row: &mut Row) -> bool {
        let now = self.next;
        let decision = row.present(self.token, now, self.who);
        if decision.hands_out() {
            self.refreshed.push(now);
            if !self.is_cut_off {
                self.token = row.session.generation;
            }
            self.next = now + self.period;
        }
        if decision == Decision::Conflict {
            self.waits_since.get_or_insert(now);
            self.next = now + 1.0;
        } else if let Some(since) = self.waits_since.take() {
            self.longest_hold = self.longest_hold.max(now - since);
        }
        if !decision.hands_out() && decision != Decision::Conflict {
            (self.is_out, self.next) = (true, NEVER);
        }
        decision.hands_out()
    }
}

/// Both in order of time, the thief first at a tie. `act` returns when the thief acts next.
fn duel(
    row: &mut Row,
    owner: &mut Owner,
    first: Seconds,
    mut act: impl FnMut(&mut Row, &Owner, Seconds) -> Seconds,
    mut after_refresh: impl FnMut(&mut Owner),
) {
    let mut next = first;
    while owner.next.min(next) <= DAY {
        if next <= owner.next {
            next = act(row, owner, next);
        } else if owner.step(row) {
            after_refresh(owner);
        }
        if row.is_over() && owner.is_out {
            break;
        }
    }
}

impl Theft {
    fn of(row: &Row, owner: &Owner, got: &[Seconds]) -> Self {
        let last = got.last().copied().unwrap_or_default();
        let waits = owner.waits_since.map_or(0.0, |since| owner.next.min(DAY) - since);
        Self {
            pairs: got.len() as u32,
            survived: owner.refreshed.iter().filter(|when| **when < last).count(),
            found_out: row.is_over(),
            longest_hold: owner.longest_hold.max(waits),
            contested: row.contested,
        }
    }
}

/// One theft by a thief of another kind than the owner.
pub fn steal(thief: Thief, network: Network, policy: ReusePolicy, rules: SessionRules) -> Theft {
    let mut row = Row::new(SessionRules { policy, ..rules });
    let (one, two) = (network.thief(Some("curl")), network.thief(Some("wget")));
    let nothing = network.thief(None);
    let mut owner = match thief {
        Thief::TwoAgents => Owner::new(network.owner(), 300.0, 5.37),
        Thief::Hurried => Owner::new(network.owner(), 300.0, 5.0),
        Thief::DropsAnswers => Owner::new(network.owner(), 25.0, 25.0),
        Thief::OneTurn => Owner::new(network.owner(), 3600.0, 3600.0),
        _ => Owner::new(network.owner(), 300.0, 300.0),
    };
    owner.is_cut_off = matches!(thief, Thief::DropsAnswers);
    let first = match thief {
        Thief::Hurried | Thief::TwoAgents => 1.0,
        Thief::ParentAgain => 310.0,
        Thief::StealsEach => 100.0,
        Thief::DropsAnswers => 5.0,
        Thief::SendsNothing => 290.0,
        Thief::OneTurn => 10.0,
        Thief::SecondTab => 309.0,
    };
    let mut got = Vec::new();
    let (mut token, mut is_second, mut moved_at) = (0, false, 0.0_f64);
    let act = |row: &mut Row, owner: &Owner, now: Seconds| {
        if row.is_over() {
            return NEVER;
        }
        let who = match thief {
            Thief::SendsNothing => nothing,
            Thief::SecondTab => network.thief(Some("Firefox")),
            Thief::TwoAgents if is_second => two,
            _ => one,
        };
        if matches!(thief, Thief::OneTurn) && !got.is_empty() {
            return if row.verify(token, now, who) { now + 20.0 } else { NEVER };
        }
        let presented = if matches!(thief, Thief::StealsEach) { owner.token } else { token };
        let decision = row.present(presented, now, who);
        if decision.hands_out() {
            got.push(now);
        }
        if matches!(decision, Decision::Rotate | Decision::Recover) {
            moved_at = now;
        }
        let takes_over = matches!(thief, Thief::Hurried | Thief::SendsNothing | Thief::OneTurn | Thief::SecondTab);
        if decision.hands_out() && takes_over {
            token = row.session.generation;
        }
        match thief {
            Thief::Hurried => now + 8.0,
            Thief::TwoAgents => {
                // Replays hold the owner off until 30 seconds after the move; then the other text has its turn.
                let hold_ends = (moved_at + 30.0).min(now.max(moved_at) + 10.0);
                if decision.hands_out() && now + 9.0 < moved_at + 30.0 {
                    return now + 9.0;
                }
                is_second = !is_second;
                hold_ends.max(now) + MOMENT
            }
            Thief::ParentAgain => now + 10.0,
            Thief::StealsEach => now + 150.0,
            Thief::DropsAnswers => now + 5.0,
            Thief::SendsNothing => owner.next + 290.0,
            Thief::OneTurn => now + 20.0,
            Thief::SecondTab => now + 300.0,
        }
    };
    duel(&mut row, &mut owner, first, act, |_| {});
    Theft::of(&row, &owner, &got)
}

/// One theft by a thief who waits for the owner's move and rides along behind it, with the owner's agent text.
pub fn ride(signal: Signal, network: Network, policy: ReusePolicy, rules: SessionRules, seed: u32) -> Theft {
    const ACCESS_LIFETIME: Seconds = 300.0;
    let (mut chance, mut row) = (Chance::new(seed), Row::new(SessionRules { policy, ..rules }));
    let mut luck = Chance::new(seed + 1_000_000);
    let mut owner = Owner::new(network.owner(), 300.0, 300.0);
    let who = network.thief(Some("Firefox"));
    let mut got = Vec::new();
    let (mut current, mut before, mut shown) = (0, None, None);
    let act = |row: &mut Row, _: &Owner, now: Seconds| {
        if row.is_over() {
            return NEVER;
        }
        let goes = match signal {
            Signal::Guess => luck.random() < 0.05,
            Signal::Verify => match before {
                Some(token) => !row.verify(token, now, who),
                None => now >= 305.0,
            },
            Signal::Clock => now % (ACCESS_LIFETIME + 30.0) < 5.0,
            Signal::List => {
                let lifetime = std::time::Duration::from_secs_f64(ACCESS_LIFETIME);
                let now = super::server::moment(now);
                let last = shown.replace(row.session.last_used_at(now, lifetime));
                last.is_some_and(|last| Some(last) != shown)
            }
        };
        if goes && row.present(current, now, who).hands_out() {
            got.push(now);
            if row.session.generation != current {
                (before, current) = (Some(current), row.session.generation);
            }
        }
        now + 5.0
    };
    duel(&mut row, &mut owner, 7.0, act, |owner| owner.next += chance.uniform(-60.0, 240.0));
    Theft::of(&row, &owner, &got)
}
