//! Who is counted together.

use super::limit::{Counted, Limit};
use crate::keys::derived_key;
use crate::store::FailureBucket;
use aws_lc_rs::hmac;
use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// Makes buckets. The key comes from the signing key: every node makes the same ones, and the database alone tells of whom none is. A changed
/// signing key begins all counts anew.
pub(super) struct Buckets {
    key: hmac::Key,
    knows_devices: bool,
}

/// Stands for the name under which somebody logs in, or for a user. That of the name is kept on the row of the session, where re-authentication
/// finds it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct NameMark([u8; 16]);

/// Free failures of a name from one address, and of a device.
const FREE: u32 = 5;

/// Free failures of an address, whatever the names: many people may stand behind one.
const FREE_OF_AN_ADDRESS: u32 = 100;

/// Failures in a row after which a name, or a device, has no more tries (NIST SP 800-63B 5.2.2).
const MOST: u32 = 100;

impl Buckets {
    pub(super) fn from_secret(signing_key: &str, knows_devices: bool) -> Self {
        Self { key: derived_key(signing_key, b"jwt-auth login throttle 1"), knows_devices }
    }

    /// The mark of a name as it was typed. What differs in capitals and white space only is one name, whether or not the user store thinks so.
    pub(super) fn name(&self, typed: &str) -> NameMark {
        NameMark(self.digest(b"name", &[typed.trim().to_lowercase().as_bytes()]))
    }

    /// The mark of a user, by whichever name.
    pub(super) fn user(&self, user_id: &str) -> NameMark {
        NameMark(self.digest(b"user", &[user_id.as_bytes()]))
    }

    /// Where a failure of somebody unknown counts: each mark, each from this address, and the address where it is known.
    pub(super) fn of_a_stranger(&self, marks: &[NameMark], ip: Option<&str>) -> Vec<Counted> {
        let network = ip.map(network);
        let of_mark = |mark: &NameMark| {
            let pair = self.digest(b"pair", &[&mark.0, network.as_deref().unwrap_or_default()]);
            [counted(pair, Limit::Waits(FREE)), self.of_the_name(*mark)]
        };
        let address = network.as_ref().map(|network| Counted {
            is_of_an_address: true,
            ..counted(self.digest(b"address", &[network]), Limit::Waits(FREE_OF_AN_ADDRESS))
        });
        marks.iter().flat_map(of_mark).chain(address).collect()
    }

    /// Where all failures of strangers count that gave this name. Where no device can be known, and no change of a password heard of, an end would
    /// be one for the owner, too: it is a wait.
    pub(super) fn of_the_name(&self, name: NameMark) -> Counted {
        let limit = if self.knows_devices { Limit::Ends(MOST) } else { Limit::Waits(MOST) };
        counted(self.digest(b"account", &[&name.0]), limit)
    }

    /// Where a failure of a known device counts.
    pub(super) fn of_a_device(&self, user_id: &str, device: &[u8]) -> Vec<Counted> {
        let parts = [user_id.as_bytes(), device];
        let waits = counted(self.digest(b"device", &parts), Limit::Waits(FREE));
        vec![waits, counted(self.digest(b"device ends", &parts), Limit::Ends(MOST))]
    }

    fn digest(&self, kind: &[u8], parts: &[&[u8]]) -> [u8; 16] {
        let mut hash = hmac::Context::with_key(&self.key);
        for part in [&[kind], parts].concat() {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update(&(part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let mut bytes = [0; 16];
        for (byte, digest) in bytes.iter_mut().zip(hash.sign().as_ref()) {
            *byte = *digest;
        }
        bytes
    }
}

fn counted(bucket: [u8; 16], limit: Limit) -> Counted {
    Counted::new(FailureBucket::from_bytes(bucket), limit)
}

impl NameMark {
    /// Reads what it prints.
    #[cfg(any(test, feature = "password"))]
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 32 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        let number = u128::from_str_radix(text, 16).ok().filter(|_| is_hex)?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for NameMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for NameMark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Buckets {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Buckets").finish_non_exhaustive()
    }
}

/// One address of IPv4, a /64 of IPv6: what one subscriber has at the least. What is no address is taken as it is.
fn network(ip: &str) -> Vec<u8> {
    let address = ip.parse::<IpAddr>().or_else(|_| ip.parse::<SocketAddr>().map(|address| address.ip()));
    match address.map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.octets().to_vec(),
        Ok(IpAddr::V6(address)) => address.octets()[..8].to_vec(),
        Err(_) => ip.as_bytes().to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_one_and_who_is_not() {
        let buckets = Buckets::from_secret("a key", true);
        for (one, other) in [("Ada", " ada "), ("ÄDA", "äda")] {
            assert_eq!(buckets.name(one), buckets.name(other), "{one} and {other}");
        }
        assert_ne!(buckets.name("7"), buckets.user("7"));
        let name = buckets.name("ada");
        assert_eq!(NameMark::parse(&name.to_string()), Some(name));
        assert_eq!(NameMark::parse("+1"), None);
        let of = |ip| buckets.of_a_stranger(&[name], ip).iter().map(|counted| counted.bucket).collect::<Vec<_>>();
        assert_eq!((of(None).len(), of(Some("192.0.2.1")).len()), (2, 3));
        for (one, other) in
            [("192.0.2.1", "::ffff:192.0.2.1"), ("192.0.2.1", "192.0.2.1:4711"), ("2001:db8::1", "2001:db8::2:0:0:1")]
        {
            assert_eq!(of(Some(one)), of(Some(other)), "{one} and {other}");
        }
        for (one, other) in [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1")] {
            assert!(
                of(Some(one))[0] != of(Some(other))[0] && of(Some(one))[2] != of(Some(other))[2],
                "{one} and {other}"
            );
            assert_eq!(of(Some(one))[1], of(Some(other))[1], "of one name");
        }
        assert_ne!(Buckets::from_secret("b key", true).name("ada"), name);
    }
}
