//! What a store can do beyond the minimum.

/// What a [`TokenStore`](super::TokenStore) declares about itself.
///
/// The minimum is single use: of all presentations of a generation, one moves the session. Everything else a store over
/// foreign tables may lack; what leans on a missing capability answers 404 or refuses to start, and never pretends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// Knows sessions by user: `list`, and with it the sessions API and `max_sessions_per_user`.
    pub sessions: bool,
    /// Keeps the whole row, so a lost answer gets the same successor; without it, a spent token is refused.
    pub successors: bool,
    /// Keeps epochs and the revocation feed, so that access tokens can be revoked before they expire.
    pub revocations: bool,
    /// What was acknowledged survives a crash of the process and of the machine.
    pub durable: bool,
    /// Counts failed logins, so that the nodes of a service count together. Without it each node counts for itself, in memory.
    pub failures: bool,
}

impl Capabilities {
    /// Everything that keeps sessions: the default of a store. One that counts failed logins as well says so
    /// ([`with_failures`](Self::with_failures)).
    pub const FULL: Self = Self { sessions: true, successors: true, revocations: true, durable: true, failures: false };
    /// Single use, durably, and nothing more.
    pub const SINGLE_USE: Self =
        Self { sessions: false, successors: false, revocations: false, durable: true, failures: false };

    /// The same, knowing sessions by user or not.
    #[must_use]
    pub const fn with_sessions(mut self, sessions: bool) -> Self {
        self.sessions = sessions;
        self
    }

    /// The same, handing out successors again or not.
    #[must_use]
    pub const fn with_successors(mut self, successors: bool) -> Self {
        self.successors = successors;
        self
    }

    /// The same, with or without a revocation feed.
    #[must_use]
    pub const fn with_revocations(mut self, revocations: bool) -> Self {
        self.revocations = revocations;
        self
    }

    /// The same, durable or not.
    #[must_use]
    pub const fn with_durable(mut self, durable: bool) -> Self {
        self.durable = durable;
        self
    }

    /// The same, counting failed logins or not.
    #[must_use]
    pub const fn with_failures(mut self, failures: bool) -> Self {
        self.failures = failures;
        self
    }
}

impl Default for Capabilities {
    fn default() -> Self {
        Self::FULL
    }
}
