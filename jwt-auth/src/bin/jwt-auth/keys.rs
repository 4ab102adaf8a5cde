//! `keys`: the life of signing keys.

use crate::Outcome;
use crate::config::{Config, ending};
use crate::generate_key::generate;
use clap::{Args, Subcommand};
use jwt_auth::Settings;
use jwt_auth::clock::{Clock, SystemClock, Timestamp};
use jwt_auth::error::StoreError;
use jwt_auth::keys::ScheduleError;
use jwt_auth::keys::{KeyMark, KeyRing, KeySchedule, KeyState, KeyTimes, ScheduledKey};
use jwt_auth::settings::parse_duration;
use jwt_auth::store::{AnyTokenStore, EndReason, Ending, TokenStore};
use std::error::Error;
use std::time::Duration;

#[derive(Subcommand)]
pub(crate) enum Keys {
    /// Make a key and print it; its name (`kid`) goes to standard error.
    Generate {
        /// What it is for: EdDSA, ES256, ES384, RS256 and its kin, or HS256 and its kin.
        #[arg(long, default_value = "EdDSA")]
        algorithm: String,
    },
    /// Say that every node has started with this key in `key_ring`. It is published from now on, and signs nothing yet.
    Stage(Key),
    /// Agree on when a staged key begins to sign, by the clocks of all nodes; the one before it retires by then.
    Activate(Activate),
    /// Send a key away that does not sign: one that never did at once, another when nothing lives any more that it signed.
    Retire(Retire),
    /// Somebody else knows this key: what it signed is refused at once, the next key signs at once, and every session of the namespace ends.
    Compromise(Key),
    /// Print every key, where it stands, and what comes next.
    Status,
}

#[derive(Args)]
pub(crate) struct Key {
    /// Its name, as `keys generate` and `keys status` print it.
    kid: String,
}

#[derive(Args)]
pub(crate) struct Activate {
    /// Its name, as `keys generate` and `keys status` print it.
    kid: String,
    /// How long from now, as in settings: 24h, 10m, 0. Defaults to a day after it was staged, by when every other service has fetched it.
    #[arg(long = "in", value_name = "DURATION")]
    wait: Option<String>,
    /// How long what the former key signed is accepted after that. Defaults to the longest lifetime in the settings and what clocks and caches
    /// may be late; a lifetime that was longer until lately is to be said.
    #[arg(long, value_name = "DURATION")]
    keep: Option<String>,
}

#[derive(Args)]
pub(crate) struct Retire {
    /// Its name, as `keys generate` and `keys status` print it.
    kid: String,
    /// As of `activate`.
    #[arg(long, value_name = "DURATION")]
    keep: Option<String>,
}

impl Keys {
    pub(crate) async fn run(self, config: &Config) -> Outcome {
        match self {
            Self::Generate { algorithm } => generate(&algorithm),
            Self::Stage(Key { kid }) => Desk::open(config).await?.stage(&kid).await,
            Self::Activate(command) => Desk::open(config).await?.activate(command).await,
            Self::Retire(command) => Desk::open(config).await?.retire(command).await,
            Self::Compromise(Key { kid }) => Desk::open(config).await?.compromise(config, &kid).await,
            Self::Status => Desk::open(config).await?.status(),
        }
    }
}

/// What there is to decide on.
struct Desk {
    store: AnyTokenStore,
    settings: Settings,
    ring: KeyRing,
    schedule: KeySchedule,
    /// Of all keys that nodes have started with.
    known: Vec<KeyMark>,
    now: Timestamp,
}

/// A key by its name.
struct Named {
    mark: KeyMark,
    key_id: String,
}

impl Desk {
    async fn open(config: &Config) -> Result<Self, Box<dyn Error>> {
        let (settings, now) = (config.settings()?, SystemClock.now());
        let ring = KeyRing::from_settings(&settings).map_err(|_| "the keys cannot be used")?;
        let store = config.sessions().await?;
        let schedule = store.key_schedule().await?;
        let known = store.known_keys(now).await?.marks;
        Ok(Self { store, settings, ring, schedule, known, now })
    }

    async fn stage(self, kid: &str) -> Outcome {
        let key = self.named(kid)?;
        if !self.known.contains(&key.mark) {
            return Err(format!(
                "no node of the namespace \"{}\" has started with the key {kid} yet: put it into `key_ring` on every node, and restart each",
                self.settings.namespace
            )
            .into());
        }
        self.put(self.schedule.stage(&key.mark, &key.key_id, self.now)?).await?;
        let announced = self.now.after(self.times(None)?.announced);
        println!("staged: {kid} is published, and signs nothing yet; other services have it by {announced}");
        println!("next: jwt-auth keys activate {kid}");
        Ok(())
    }

    async fn activate(self, Activate { kid, wait, keep }: Activate) -> Outcome {
        let (key, times) = (self.named(&kid)?, self.times(keep.as_deref())?);
        let staged_at = self.schedule.get(&key.mark).map_or(self.now, |key| key.staged_at);
        let announced = staged_at.after(times.announced);
        let at = match wait {
            Some(wait) => self.now.after(parse_duration(&wait)?),
            None => announced.max(self.now),
        };
        let before = self.former(&key);
        let schedule = match &before {
            Some(former) => self.schedule.take_over(&former.mark, &former.key_id, self.now),
            None => self.schedule.clone(),
        };
        let schedule = schedule.activate(&key.mark, at, &times, self.now)?;
        self.put(schedule.clone()).await?;
        println!("active: {kid} signs from {at} on");
        if at < announced {
            println!("warning: services that fetched the published keys before {staged_at} may not have it by then");
        }
        for other in schedule.keys().iter().filter(|other| other.retiring_from == Some(at)) {
            let end = other
                .removed_at
                .map_or_else(String::new, |end| format!(", and what it signed is accepted until {end}"));
            println!("retiring: {} signs until then{end}", other.key_id);
        }
        if before.is_none() && self.schedule.signer(self.now).is_none() {
            println!(
                "the secret in `signing_key` has no `key_id`, and so no times: it signs until then, and is accepted for as long as it stands in the settings; take it out after {}",
                at.after(times.kept)
            );
        }
        Ok(())
    }

    async fn retire(self, Retire { kid, keep }: Retire) -> Outcome {
        let (key, times) = (self.named(&kid)?, self.times(keep.as_deref())?);
        let schedule = self.schedule.retire(&key.mark, &key.key_id, &times, self.now)?;
        let end = schedule.get(&key.mark).and_then(|key| key.removed_at).unwrap_or(self.now);
        self.put(schedule).await?;
        println!("retiring: what {kid} signed is accepted until {end}");
        Ok(())
    }

    async fn compromise(self, config: &Config, kid: &str) -> Outcome {
        let (key, times) = (self.named(kid)?, self.times(None)?);
        // Run again, it ends what was begun since, or what it was interrupted before.
        let is_known = self.schedule.get(&key.mark).is_some_and(|key| key.compromised_at.is_some());
        let schedule = if is_known { self.schedule.clone() } else { self.without(&key, &times)? };
        let signs =
            schedule.signer(self.now).map_or_else(|| "the key of `signing_key`".to_owned(), |key| key.key_id.clone());
        if !is_known {
            let store = config.audited(self.store.clone(), "key.compromised", None)?;
            exchange(&store, &self.schedule, schedule, self.now).await?;
        }
        println!("compromised: every node refuses what {kid} signed within {:?}; {signs} signs", times.heard);
        let store = config.audited(self.store, "session.revoked", Some("key_compromised"))?;
        let ending = ending(EndReason::SessionRevoked);
        let mut ended = end_all(&store, ending).await?;
        // A node that has not heard of it may meanwhile give new tokens for a forged one.
        tokio::time::sleep(times.heard).await;
        ended += end_all(&store, ending).await?;
        store.admit(self.known, self.now).await?;
        println!("ended {ended} session(s) of the namespace \"{}\": everybody logs in anew", self.settings.namespace);
        println!("if a node cannot reach the store now, run this again when it can: it ends what was begun there");
        println!("next: take {kid} out of the settings of every node, and restart each");
        println!(
            "other services accept what {kid} signed until they have fetched the published keys again: five minutes, or as long as they keep them"
        );
        Ok(())
    }

    /// The schedule without a key that somebody else knows.
    fn without(&self, key: &Named, times: &KeyTimes) -> Result<KeySchedule, ScheduleError> {
        let spare = self.ring.signing().map(|key| key.verifying_key().mark());
        let has_spare = spare
            .is_some_and(|mark| mark != key.mark && self.schedule.state(&mark, self.now) != Some(KeyState::Removed));
        self.schedule.compromise(&key.mark, &key.key_id, has_spare, times, self.now)
    }

    fn status(self) -> Outcome {
        let held = self.ring.verifying();
        let mut shown = Vec::new();
        for key in held {
            let mark = key.mark();
            if shown.contains(&mark) {
                continue;
            }
            let name = key.key_id().map(str::to_owned).or_else(|| key.thumbprint().ok());
            let row = self.schedule.get(&mark);
            let name = row.map(|row| row.key_id.clone()).or(name).unwrap_or_else(|| "(no kid)".to_owned());
            println!("{name} {} {}", key.algorithm(), self.standing(&mark, row));
            shown.push(mark);
        }
        for row in self.schedule.keys().iter().filter(|row| !shown.contains(&row.mark)) {
            println!("{} - {}, not in these settings", row.key_id, self.standing(&row.mark, Some(row)));
        }
        Ok(())
    }

    fn standing(&self, mark: &KeyMark, row: Option<&ScheduledKey>) -> String {
        let Some(row) = row else {
            let is_own = self.ring.signing().is_some_and(|key| key.verifying_key().mark() == *mark);
            let signs = is_own && self.schedule.signer(self.now).is_none();
            let what = if signs { "signs" } else { "accepted" };
            return format!("{what}, not staged");
        };
        let until = |time: Option<Timestamp>, what: &str| time.map_or_else(String::new, |at| format!(", {what} {at}"));
        let state = row.state(self.now);
        let next = match state {
            KeyState::Staged => until(row.active_from, "signs from"),
            KeyState::Active => until(row.retiring_from, "signs until"),
            KeyState::Retiring => until(row.removed_at, "accepted until"),
            KeyState::Removed if row.compromised_at.is_some() => until(row.compromised_at, "compromised at"),
            KeyState::Removed => until(row.removed_at, "at"),
        };
        format!("{state}{next}")
    }

    /// The key of this name: of the settings, of the schedule, or a public one that nodes have started with.
    fn named(&self, kid: &str) -> Result<Named, Box<dyn Error>> {
        let is_meant = |key: &&jwt_auth::keys::VerifyingKey| {
            key.key_id() == Some(kid) || key.thumbprint().is_ok_and(|thumbprint| thumbprint == kid)
        };
        let held = self.ring.verifying().iter().find(is_meant).map(jwt_auth::keys::VerifyingKey::mark);
        let row = || self.schedule.keys().iter().find(|row| row.key_id == kid).map(|row| row.mark.clone());
        let known = || self.known.iter().find(|mark| mark.as_str() == kid).cloned();
        let mark = held.or_else(row).or_else(known).ok_or_else(|| {
            format!("no key is called {kid}: `jwt-auth keys status` lists those of these settings and of the schedule")
        })?;
        Ok(Named { mark, key_id: kid.to_owned() })
    }

    /// The key of `signing_key`, where it has a name, is not this one, and signs without being in the schedule.
    fn former(&self, next: &Named) -> Option<Named> {
        let own = self.ring.signing()?.verifying_key();
        let key_id = own.key_id().map(str::to_owned).or_else(|| own.thumbprint().ok())?;
        let mark = own.mark();
        (mark != next.mark && self.schedule.signer(self.now).is_none()).then_some(Named { mark, key_id })
    }

    fn times(&self, keep: Option<&str>) -> Result<KeyTimes, Box<dyn Error>> {
        let times = KeyTimes::of(&self.settings);
        let kept = keep.map(parse_duration).transpose()?.unwrap_or(Duration::ZERO);
        Ok(KeyTimes { kept: times.kept.max(kept), ..times })
    }

    async fn put(&self, schedule: KeySchedule) -> Outcome {
        exchange(&self.store, &self.schedule, schedule, self.now).await
    }
}

async fn end_all(store: &AnyTokenStore, ending: Ending) -> Result<u64, StoreError> {
    let mut ended = 0;
    loop {
        match store.reset(ending).await? {
            0 => return Ok(ended),
            more => ended += more,
        }
    }
}

async fn exchange(store: &AnyTokenStore, before: &KeySchedule, after: KeySchedule, now: Timestamp) -> Outcome {
    match store.reschedule(before.clone(), after, now).await? {
        true => Ok(()),
        false => {
            Err("somebody else has just changed the schedule: look at `jwt-auth keys status`, and try again".into())
        }
    }
}
