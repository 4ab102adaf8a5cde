//! The server's side: one row, and our own function deciding on it.

use jwt_auth::Claims;
use jwt_auth::clock::Timestamp;
use jwt_auth::settings::ReusePolicy;
use jwt_auth::store::{ClientMark, Decision, NewSession, Presentation, Session, SessionId, SessionRules};
use std::time::Duration;

/// A client: agent text and network, each known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    pub agent: Option<&'static str>,
    pub network: Option<u32>,
}

impl Who {
    pub const fn new(agent: &'static str, network: u32) -> Self {
        Self { agent: Some(agent), network: Some(network) }
    }

    /// Equal for equal clients and no others.
    fn mark(self) -> ClientMark {
        let mut bytes = [0; 16];
        let agent = self.agent.unwrap_or("-").as_bytes();
        for (byte, letter) in bytes.iter_mut().zip(agent.iter().take(11)) {
            *byte = *letter;
        }
        bytes[11] = u8::from(self.network.is_some());
        bytes[12..].copy_from_slice(&self.network.unwrap_or_default().to_be_bytes());
        ClientMark::from_bytes(bytes)
    }
}

/// Who answers a refresh.
pub trait Server {
    /// What it decides, and the number of the token that it hands out, if it does.
    fn refresh(&mut self, token: u64, now: Seconds, who: Who) -> (Decision, u64);
}

/// One session, without a store.
pub struct Row {
    pub session: Session,
    /// Recoveries by another client than the last mover's: what the audit tells at `warn`.
    pub contested: u32,
    next: Presentation,
}

/// Seconds of the simulation's clock.
pub type Seconds = f64;

/// The defaults of the settings.
pub const RULES: SessionRules = SessionRules {
    grace: Duration::from_secs(120),
    recovery_window: Duration::from_secs(7 * 24 * 3600),
    policy: ReusePolicy::Recover,
    max_replays: SessionRules::MAX_REPLAYS,
    idle_lifetime: Duration::from_secs(14 * 24 * 3600),
};

const BEGIN: u64 = 1_800_000_000_000;

pub fn moment(now: Seconds) -> Timestamp {
    Timestamp::from_millis(BEGIN + (now * 1000.0) as u64)
}

/// A login as these rows begin.
pub fn login(sid: SessionId, rules: SessionRules) -> NewSession {
    NewSession {
        sid,
        user_id: "7".to_owned(),
        created_at: moment(0.0),
        idle_expires_at: moment(0.0).after(rules.idle_lifetime),
        expires_at: moment(90.0 * 86_400.0),
        keep_until: Timestamp::default(),
        auth_time: moment(0.0),
        amr: Vec::new(),
        acr: None,
        claims: Claims::new(),
        ip: None,
        user_agent: None,
    }
}

/// Of a generation of that session.
pub fn presentation(
    sid: SessionId,
    rules: SessionRules,
    generation: u64,
    now: Seconds,
    who: Option<Who>,
) -> Presentation {
    Presentation {
        sid,
        user_id: "7".to_owned(),
        generation,
        now: moment(now),
        rules,
        drop_after: moment(now),
        client: who.map(Who::mark),
        former_client: Vec::new(),
        reauthentication: None,
    }
}

impl Server for Row {
    fn refresh(&mut self, token: u64, now: Seconds, who: Who) -> (Decision, u64) {
        let decision = self.present(token, now, who);
        (decision, self.session.generation)
    }
}

impl Row {
    pub fn new(rules: SessionRules) -> Self {
        let sid = SessionId::from_bytes([1; 16]);
        let next = presentation(sid, rules, 0, 0.0, None);
        Self { session: login(sid, rules).into_session(0), contested: 0, next }
    }

    pub fn present(&mut self, generation: u64, now: Seconds, who: Who) -> Decision {
        let client = Some(who.mark());
        (self.next.generation, self.next.now, self.next.client) = (generation, moment(now), client);
        let before = self.session.moved_by;
        let decision = self.next.decide_and_apply(&mut self.session);
        self.contested += u32::from(decision == Decision::Recover && before != client);
        decision
    }

    /// What the verify view does: as a refresh decides, and theft ends the session. True for 200.
    pub fn verify(&mut self, generation: u64, now: Seconds, who: Who) -> bool {
        (self.next.generation, self.next.now, self.next.client) = (generation, moment(now), Some(who.mark()));
        match self.next.decide(&self.session) {
            Decision::Theft => {
                self.next.decide_and_apply(&mut self.session);
                false
            }
            decision => decision.hands_out() || decision == Decision::Conflict,
        }
    }

    pub fn is_over(&self) -> bool {
        self.session.ended.is_some()
    }
}

/// The same under the policy `revoke`.
pub const fn revoking() -> SessionRules {
    SessionRules { policy: ReusePolicy::Revoke, ..RULES }
}
