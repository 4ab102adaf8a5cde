//! An address, or all addresses that begin alike.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A network in CIDR notation (RFC 4632), `10.0.0.0/8` or `2001:db8::/32`, or one address: what the setting
/// `trusted_proxies` lists.
///
/// An IPv4 address that is written as IPv6 (`::ffff:10.0.0.1`) is the IPv4 address, here and in what is compared with it: a
/// socket that listens to both sees the one as the other.
///
/// ```
/// use jwt_auth::{Secret, Settings, settings::Network};
///
/// let proxies: Network = "10.0.0.0/8".parse()?;
/// assert!(proxies.contains("10.1.2.3".parse()?) && proxies.contains("::ffff:10.1.2.3".parse()?));
/// let settings = Settings { trusted_proxies: vec![proxies], ..Settings::new(Secret::generate()?) };
/// # let _ = settings;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network {
    /// Without a bit behind the prefix.
    first: IpAddr,
    /// In bits.
    prefix: u8,
}

/// A text that is no [`Network`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkError {
    /// Neither an address nor an address, a slash and a number of bits.
    #[error("neither an IP address nor a network such as `10.0.0.0/8`")]
    Malformed,
    /// More bits than an address has: 32, or 128.
    #[error("its prefix is longer than an address")]
    PrefixTooLong,
    /// The address has bits that the prefix does not cover: a slip in one of the two.
    #[error("its address goes on behind its prefix")]
    BitsBehindPrefix,
}

impl Network {
    /// Whether the address is one of it.
    pub fn contains(&self, address: IpAddr) -> bool {
        masked(address.to_canonical(), self.prefix) == Some(self.first)
    }

    /// Whether it is every address of its family.
    pub(crate) const fn is_everything(&self) -> bool {
        self.prefix == 0
    }
}

/// The first address of the network of this prefix that holds the address; `None` when the prefix is longer than it.
fn masked(address: IpAddr, prefix: u8) -> Option<IpAddr> {
    let prefix = u32::from(prefix);
    match address {
        IpAddr::V4(address) => {
            let behind = Ipv4Addr::BITS.checked_sub(prefix)?;
            let mask = u32::MAX.checked_shl(behind).unwrap_or(0);
            Some(Ipv4Addr::from_bits(address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let behind = Ipv6Addr::BITS.checked_sub(prefix)?;
            let mask = u128::MAX.checked_shl(behind).unwrap_or(0);
            Some(Ipv6Addr::from_bits(address.to_bits() & mask).into())
        }
    }
}

impl FromStr for Network {
    type Err = NetworkError;

    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let Some((address, prefix)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(|_| NetworkError::Malformed);
        };
        let address: IpAddr = address.parse().map_err(|_| NetworkError::Malformed)?;
        if prefix.is_empty() || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NetworkError::Malformed);
        }
        let prefix: u8 = prefix.parse().map_err(|_| NetworkError::PrefixTooLong)?;
        match masked(address, prefix) {
            None => return Err(NetworkError::PrefixTooLong),
            Some(first) if first != address => return Err(NetworkError::BitsBehindPrefix),
            Some(_) => {}
        }
        let first = address.to_canonical();
        // `::ffff:0:0/96` is all of IPv4.
        let mapped = if address.is_ipv6() && first.is_ipv4() { 96 } else { 0 };
        match prefix.checked_sub(mapped) {
            Some(prefix) => Ok(Self { first, prefix }),
            None => Ok(Self { first: address, prefix }),
        }
    }
}

impl From<IpAddr> for Network {
    /// The one address.
    fn from(address: IpAddr) -> Self {
        let first = address.to_canonical();
        Self { first, prefix: if first.is_ipv4() { 32 } else { 128 } }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(text: &str) -> Network {
        text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
        for (text, inside, outside) in [
            ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"),
            ("10.0.0.0/8", "::ffff:10.1.1.1", "::ffff:11.1.1.1"),
            ("::ffff:10.0.0.0/104", "10.1.1.1", "11.1.1.1"),
            ("::ffff:0:0/96", "192.0.2.1", "2001:db8::1"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.8"),
            ("192.0.2.6/31", "192.0.2.7", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"),
            ("2001:db8::1", "2001:db8::1", "2001:db8::2"),
            ("::1", "::1", "127.0.0.1"),
            ("0.0.0.0/0", "255.255.255.255", "::"),
            ("::/0", "ffff::", "0.0.0.0"),
            ("::/1", "7fff::", "8000::"),
        ] {
            let parse = |text: &str| text.parse::<IpAddr>().expect("an address");
            assert!(network(text).contains(parse(inside)), "{text} {inside}");
            assert!(!network(text).contains(parse(outside)), "{text} {outside}");
        }
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for (text, error) in [
            ("", NetworkError::Malformed),
            ("localhost", NetworkError::Malformed),
            ("10.0.0.0/", NetworkError::Malformed),
            ("10.0.0.0/+8", NetworkError::Malformed),
            ("10.0.0.0/255.0.0.0", NetworkError::Malformed),
            ("10.0.0/8", NetworkError::Malformed),
            ("010.0.0.0/8", NetworkError::Malformed),
            ("10.0.0.1:80", NetworkError::Malformed),
            ("10.0.0.0/33", NetworkError::PrefixTooLong),
            ("::/129", NetworkError::PrefixTooLong),
            ("::/999", NetworkError::PrefixTooLong),
            ("10.0.0.1/8", NetworkError::BitsBehindPrefix),
            ("2001:db8::1/64", NetworkError::BitsBehindPrefix),
        ] {
            assert_eq!(text.parse::<Network>(), Err(error), "{text}");
        }
    }

    #[test]
    fn it_is_written_as_it_is_read() {
        for text in ["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "::/80"] {
            assert_eq!(network(text).to_string(), text);
        }
        assert_eq!(network("192.0.2.7").to_string(), "192.0.2.7/32");
        assert_eq!(network("::ffff:10.0.0.0/104").to_string(), "10.0.0.0/8");
    }
}
