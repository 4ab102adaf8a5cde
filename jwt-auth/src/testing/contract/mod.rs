//! The contract of [`TokenStore`] as a suite that any implementation can be run through.

mod audited;
mod failures;
mod feed;
mod hand_outs;
mod keys;
mod life;
mod namespaces;
mod pages;
mod proofs;
mod races;
mod spent;
mod table;

use crate::claims::Claims;
use crate::clock::Timestamp;
use crate::settings::ReusePolicy;
use crate::store::{
    ClientMark, EndReason, Ending, Move, NewSession, Presentation, Session, SessionId, SessionRules, TokenStore,
};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

/// Runs the whole contract of [`TokenStore`] on stores from `new_store`, which must hand out an empty one each time.
///
/// Run it on a multi-threaded runtime; on a single thread the races are tame.
///
/// ```
/// # use jwt_auth::store::MemoryStore;
/// # use jwt_auth::testing::store_contract;
/// # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
/// store_contract(async || MemoryStore::new()).await;
/// # });
/// ```
///
/// # Panics
/// When the store breaks the contract; the message says how.
pub async fn store_contract<S: TokenStore>(new_store: impl AsyncFn() -> S) {
    table::moves_follow_the_table(&new_store().await).await;
    table::the_same_dice_as_the_pure_table(&new_store().await).await;
    table::another_users_token_moves_nothing(&new_store().await).await;
    namespaces::what_is_done_in_one_is_seen_in_no_other(&new_store().await).await;
    life::a_login_is_kept_as_it_was(&new_store().await).await;
    life::a_name_is_taken_once(&new_store().await).await;
    life::ended_is_for_good(&new_store().await).await;
    life::expired_is_refused(&new_store().await).await;
    life::no_move_shortens_an_idle_life(&new_store().await).await;
    life::those_used_least_recently_make_room(&new_store().await).await;
    life::rows_leave_in_batches(&new_store().await).await;
    life::ends_that_lie_too_far_off_are_kept(&new_store().await).await;
    life::epochs_rise(&new_store().await).await;
    proofs::a_new_proof_is_noted_where_tokens_are_handed_out(&new_store().await).await;
    proofs::a_new_proof_is_for_nobody_else(&new_store().await).await;
    proofs::a_new_proof_ends_the_access_tokens_of_before(&new_store().await).await;
    life::adoption_happens_once(&new_store().await).await;
    keys::keys_are_known_again(&new_store().await).await;
    keys::a_reset_ends_what_lives(&new_store().await).await;
    keys::a_schedule_is_exchanged_whole(&new_store().await).await;
    pages::lists_come_in_pages(&new_store().await).await;
    pages::a_reader_far_behind_can_tell_that_it_is_up_to_date(Arc::new(new_store().await)).await;
    spent::an_id_is_spent_once(&new_store().await).await;
    spent::spent_ids_are_kept_while_they_count(&new_store().await).await;
    spent::one_of_many_spends(Arc::new(new_store().await)).await;
    feed::every_end_is_announced(&new_store().await).await;
    feed::revocations_outlive_every_lifetime(&new_store().await).await;
    hand_outs::they_are_noted_for_who_revokes(&new_store().await).await;
    feed::the_moment_of_an_epoch_never_moves_back(&new_store().await).await;
    feed::numbers_rise_while_many_write(Arc::new(new_store().await)).await;
    races::one_rotation_of_many_presentations(Arc::new(new_store().await)).await;
    races::nothing_moves_after_the_end(Arc::new(new_store().await)).await;
    races::one_rotation_of_an_adopted_token(Arc::new(new_store().await)).await;
    races::dropped_calls_are_done_or_not_done(Arc::new(new_store().await)).await;
    life::claims_change_while_it_lives(&new_store().await).await;
    audited::it_does_what_it_did(&new_store).await;
    if new_store().await.capabilities().failures {
        failures::they_are_counted_and_forgotten(&new_store().await).await;
        failures::counts_begin_anew(&new_store().await).await;
        failures::each_of_many_is_counted(Arc::new(new_store().await)).await;
    }
}

/// When the suite plays: any moment will do, as long as everything is told by it.
const START: Timestamp = Timestamp::from_seconds(1_700_000_000);

const RULES: SessionRules = SessionRules {
    grace: Duration::from_secs(30),
    recovery_window: Duration::from_secs(3600),
    policy: ReusePolicy::Recover,
    max_replays: SessionRules::MAX_REPLAYS,
    idle_lifetime: Duration::from_secs(86_400),
};

/// Who presents, unless it is said.
const FIRST_CLIENT: ClientMark = ClientMark::from_bytes([1; 16]);

const ACCESS_LIFETIME: Duration = Duration::from_secs(300);

fn login(sid: u64, user_id: &str) -> NewSession {
    let mut claims = Claims::new();
    claims.insert("tenant", "Ünïcode \"quoted\"").expect("a string is JSON");
    NewSession {
        sid: session_id(sid),
        user_id: user_id.to_owned(),
        created_at: START,
        idle_expires_at: START.after(RULES.idle_lifetime),
        expires_at: START.after(30 * RULES.idle_lifetime),
        keep_until: Timestamp::default(),
        auth_time: START,
        amr: vec!["pwd".to_owned(), "\"ö\"".to_owned()],
        acr: Some("1".to_owned()),
        claims,
        ip: Some("192.0.2.1".to_owned()),
        user_agent: None,
    }
}

fn session_id(number: u64) -> SessionId {
    SessionId::from_bytes((u128::from(number) << 32).to_be_bytes())
}

fn presentation(sid: SessionId, generation: u64, now: Timestamp) -> Presentation {
    Presentation {
        sid,
        user_id: "7".to_owned(),
        generation,
        now,
        rules: RULES,
        drop_after: now.after(ACCESS_LIFETIME),
        client: Some(FIRST_CLIENT),
        former_client: Vec::new(),
        reauthentication: None,
    }
}

fn logout(now: Timestamp) -> Ending {
    Ending { reason: EndReason::SessionRevoked, now, drop_after: now.after(ACCESS_LIFETIME) }
}

async fn created(store: &impl TokenStore, new: NewSession) -> Session {
    must(store.create(new, None)).await
}

/// As user 7, by the first client.
async fn present(store: &impl TokenStore, sid: u64, generation: u64, now: Timestamp) -> Move {
    must(store.advance(presentation(session_id(sid), generation, now))).await
}

/// The suite's store has no excuse: an error is a failure.
async fn must<T>(call: impl Future<Output = Result<T, crate::error::StoreError>>) -> T {
    match call.await {
        Ok(answer) => answer,
        Err(error) => panic!("the store failed: {error}: {:?}", std::error::Error::source(&error)),
    }
}

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
