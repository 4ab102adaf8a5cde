//! The variables that Kubernetes makes in every pod for each service of the namespace.

use std::net::{IpAddr, SocketAddr};

/// Whether Kubernetes makes a variable of this name, our prefix cut off, and of this value for a service whose name begins
/// with ours: `jwt-auth` or `jwt-auth-admin`.
pub(super) fn is_service_link(name: &str, value: &str) -> bool {
    let is_upper = name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    let words: Vec<&str> = name.split('_').collect();
    let is_port = || value.parse::<u16>().is_ok();
    let is_address = || value.parse::<IpAddr>().is_ok();
    let is_protocol = |word: &str| PROTOCOLS.iter().any(|known| known.eq_ignore_ascii_case(word));
    let of_one_port =
        |port: &str, protocol: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && is_protocol(protocol);
    is_upper
        && match words[..] {
            [.., "SERVICE", "HOST"] => is_address(),
            [.., "PORT", port, protocol, "PROTO"] if of_one_port(port, protocol) => is_protocol(value),
            [.., "PORT", port, protocol, "PORT"] if of_one_port(port, protocol) => is_port(),
            [.., "PORT", port, protocol, "ADDR"] if of_one_port(port, protocol) => is_address(),
            [.., "PORT", port, protocol] if of_one_port(port, protocol) => is_link(value),
            // `_SERVICE_PORT`, and with the name of a port.
            _ if words.windows(2).any(|pair| pair == ["SERVICE", "PORT"]) => is_port(),
            [.., "PORT"] => is_link(value),
            _ => false,
        }
}

const PROTOCOLS: [&str; 3] = ["tcp", "udp", "sctp"];

/// `tcp://10.96.0.12:8000`. An IPv6 address has no brackets in some releases.
fn is_link(value: &str) -> bool {
    let Some((protocol, place)) = value.split_once("://") else { return false };
    let bare = || {
        place.rsplit_once(':').is_some_and(|(host, port)| host.parse::<IpAddr>().is_ok() && port.parse::<u16>().is_ok())
    };
    PROTOCOLS.contains(&protocol) && (place.parse::<SocketAddr>().is_ok() || bare())
}
