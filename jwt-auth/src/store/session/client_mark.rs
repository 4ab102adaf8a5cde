//! Who made a move, as far as it can be told and without saying who it was.

use super::SessionId;
use aws_lc_rs::hmac;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

/// A keyed fingerprint of the client that moved a session: of its `User-Agent` and the network of its address.
///
/// Two clients of one session have the same mark when both are equal: the agent as text, the address by its /24 (IPv4) or
/// /48 (IPv6). An absent one is equal only to an absent one; were it equal to anything, a thief who sends none would pass for
/// everybody. The session's name is part of it, so marks link no two sessions.
///
/// It hides little from whoever has the key, which comes from the signing key: the networks of one agent text are tried through in
/// a minute. What it spares is an address in clear beside every move.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientMark([u8; 16]);

impl ClientMark {
    /// From its bytes: as a store reads it, or as a test without a key makes one up.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    pub(super) fn of(key: &hmac::Key, sid: SessionId, user_agent: Option<&str>, ip: Option<&str>) -> Self {
        let mut hash = hmac::Context::with_key(key);
        hash.update(sid.as_bytes());
        let network = ip.map(network);
        for part in [user_agent.map(str::as_bytes), network.as_deref()] {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart, and no length is what is absent.
            let length = part.map_or(u64::MAX, |part| part.len() as u64);
            hash.update(&length.to_be_bytes());
            hash.update(part.unwrap_or_default());
        }
        let mut bytes = [0; 16];
        for (byte, digest) in bytes.iter_mut().zip(hash.sign().as_ref()) {
            *byte = *digest;
        }
        Self(bytes)
    }
}

impl fmt::Display for ClientMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ClientMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The network of an address. What is no address is taken as it is: two of the same text are the same.
fn network(ip: &str) -> Vec<u8> {
    let address = ip.parse::<IpAddr>().or_else(|_| ip.parse::<SocketAddr>().map(|address| address.ip()));
    match address.map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.octets()[..3].to_vec(),
        Ok(IpAddr::V6(address)) => network_of_v6(address).to_vec(),
        Err(_) => ip.as_bytes().to_vec(),
    }
}

fn network_of_v6(address: Ipv6Addr) -> [u8; 6] {
    let [a, b, c, d, e, f, ..] = address.octets();
    [a, b, c, d, e, f]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::derived_key;
    use crate::store::ClientKey;

    fn key(secret: &str) -> ClientKey {
        ClientKey::from_keys(vec![derived_key(secret, ClientKey::PURPOSE)]).expect("a key")
    }

    fn mark(user_agent: Option<&str>, ip: Option<&str>) -> ClientMark {
        key("a key").mark(SessionId::from_bytes([1; 16]), user_agent, ip)
    }

    #[test]
    fn equal_means_both_equal_and_absent_only_absent() {
        let clients = [
            (None, None),
            (Some(""), None),
            (None, Some("")),
            (Some("Firefox"), None),
            (None, Some("192.0.2.1")),
            (Some("Firefox"), Some("192.0.2.1")),
            (Some("Firefox"), Some("192.0.3.1")),
            (Some("curl"), Some("192.0.2.1")),
            (Some("Firefox"), Some("2001:db8:1::1")),
            (Some("Firefox"), Some("2001:db8:2::1")),
            (Some("Firefox"), Some("unix:/socket")),
        ];
        for (at, (agent, ip)) in clients.into_iter().enumerate() {
            for (other, (other_agent, other_ip)) in clients.into_iter().enumerate() {
                assert_eq!(mark(agent, ip) == mark(other_agent, other_ip), at == other, "{at} and {other}");
            }
        }
        for (one, other) in [
            ("192.0.2.1", "192.0.2.254"),
            ("192.0.2.1", "::ffff:192.0.2.9"),
            ("192.0.2.1", "192.0.2.7:4711"),
            ("2001:db8:1::1", "2001:db8:1:ffff::2"),
            ("2001:db8:1::1", "[2001:DB8:1::5]:443"),
        ] {
            assert_eq!(mark(None, Some(one)), mark(None, Some(other)), "{one} and {other}");
        }
    }

    #[test]
    fn nothing_links_two_sessions_or_two_keys() {
        let of = |key: &str, sid: u8| {
            self::key(key).mark(SessionId::from_bytes([sid; 16]), Some("Firefox"), Some("192.0.2.1"))
        };
        assert_eq!(of("a key", 1), of("a key", 1));
        assert_ne!(of("a key", 1), of("a key", 2));
        assert_ne!(of("a key", 1), of("b key", 1));
        // A PEM may be written with `\n` or with line ends, and on any machine: it is one key.
        assert_eq!(
            of("-----BEGIN KEY-----\nAB\n-----END KEY-----\n", 1),
            of("-----BEGIN KEY-----\\nAB\\n-----END KEY-----", 1)
        );
    }
}
