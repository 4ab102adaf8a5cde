//! What can happen to three nodes and their users.

use super::{DAY, NODES, USERS};
use proptest::prelude::*;

#[derive(Clone, Debug)]
pub(super) enum Deed {
    /// Time passes.
    Pass(u64),
    /// A node's clock is set to be off by so many seconds.
    Step {
        node: usize,
        off: i64,
    },
    /// A node starts anew.
    Restart {
        node: usize,
    },
    LogIn {
        node: usize,
        user: usize,
    },
    /// The holder of a session refreshes; the answer may be lost.
    Refresh {
        node: usize,
        session: usize,
        is_lost: bool,
    },
    /// The holder of a session proves anew who they are; the answer may be lost.
    Prove {
        node: usize,
        session: usize,
        is_lost: bool,
    },
    LogOut {
        node: usize,
        session: usize,
    },
    /// The others are ended.
    KeepAlone {
        node: usize,
        session: usize,
    },
    LogOutEverywhere {
        node: usize,
        user: usize,
    },
    /// A service with the same key issues a refresh token that nobody presents yet.
    Foreign {
        user: usize,
    },
    /// It is presented.
    Adopt {
        node: usize,
        foreign: usize,
    },
    /// A ticket is made and used.
    Ticket {
        node: usize,
        session: usize,
    },
}

/// Small steps, a leeway, hours, a day.
fn off() -> impl Strategy<Value = i64> {
    let magnitude = prop_oneof![Just(5), Just(40), Just(400), 0..=DAY, Just(DAY)];
    prop_oneof![Just(0), (magnitude, any::<bool>()).prop_map(|(by, back)| if back { -by } else { by })]
}

pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let node = 0..NODES;
    let (user, session) = (0..USERS.len(), 0_usize..6);
    let time = prop_oneof![Just(1), Just(20), Just(200), Just(400), Just(4000), Just(40_000), Just(86_400)];
    prop_oneof![
        3 => time.prop_map(Deed::Pass),
        3 => (node.clone(), off()).prop_map(|(node, off)| Deed::Step { node, off }),
        1 => node.clone().prop_map(|node| Deed::Restart { node }),
        3 => (node.clone(), user.clone()).prop_map(|(node, user)| Deed::LogIn { node, user }),
        6 => (node.clone(), session.clone(), any::<bool>())
            .prop_map(|(node, session, is_lost)| Deed::Refresh { node, session, is_lost }),
        2 => (node.clone(), session.clone(), any::<bool>())
            .prop_map(|(node, session, is_lost)| Deed::Prove { node, session, is_lost }),
        2 => (node.clone(), session.clone()).prop_map(|(node, session)| Deed::LogOut { node, session }),
        1 => (node.clone(), session.clone()).prop_map(|(node, session)| Deed::KeepAlone { node, session }),
        2 => (node.clone(), user.clone()).prop_map(|(node, user)| Deed::LogOutEverywhere { node, user }),
        1 => user.prop_map(|user| Deed::Foreign { user }),
        1 => (node.clone(), 0_usize..4).prop_map(|(node, foreign)| Deed::Adopt { node, foreign }),
        1 => (node, session).prop_map(|(node, session)| Deed::Ticket { node, session }),
    ]
}
