//! What proxies say of the client: `X-Forwarded-For`, and `Forwarded` (RFC 7239).

use crate::settings::Network;
use ::http::header::{FORWARDED, HeaderMap, HeaderName};
use std::net::{IpAddr, SocketAddr};

/// The client's address, as far as it can be believed: from the peer through each trusted proxy to the address that this one
/// names, until one is not trusted. What stands further left that one could have made up.
///
/// Nobody is taken for what cannot be read. A proxy that names no address (`unknown`, `_hidden`, a slip of the pen) is the client
/// itself, and so is the peer when the two headers name different ones: a proxy writes one of them and may pass the
/// other on as a client sent it. A chain that is trusted from end to end ends with its leftmost.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let peer = peer.to_canonical();
    let for_header = has(headers, &X_FORWARDED_FOR).then(|| walk(peer, addresses(headers), trusted));
    let forwarded = has(headers, &FORWARDED).then(|| match elements(headers) {
        Some(elements) => walk(peer, elements.into_iter().rev(), trusted),
        None => peer,
    });
    match (for_header, forwarded) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(address), _) | (None, Some(address)) => address,
        (None, None) => peer,
    }
}

/// Whether the request claims to come from further away than its peer.
pub(super) fn is_forwarded(headers: &HeaderMap) -> bool {
    has(headers, &X_FORWARDED_FOR) || has(headers, &FORWARDED)
}

fn has(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers.contains_key(name)
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// How many proxies are followed: more than anybody has in a row, and an end to the work of a long header.
const MAX_HOPS: usize = 32;

/// In bytes, of all lines of `Forwarded` together. Longer ones are not read.
const MAX_FORWARDED: usize = 8192;

fn walk<'h>(peer: IpAddr, nearest_first: impl Iterator<Item = Option<&'h str>>, trusted: &[Network]) -> IpAddr {
    let mut here = peer;
    for named in nearest_first.take(MAX_HOPS) {
        if !trusted.iter().any(|network| network.contains(here)) {
            break;
        }
        match named.and_then(address) {
            Some(next) => here = next,
            None => break,
        }
    }
    here
}

/// The items of `X-Forwarded-For`, the last one first. Several lines are one list, and empty items are none (RFC 9110, 5.3 and
/// 5.6.1). What is no text is an item that cannot be read.
fn addresses(headers: &HeaderMap) -> impl Iterator<Item = Option<&str>> {
    let lines: Vec<_> = headers.get_all(X_FORWARDED_FOR).iter().collect();
    let items = lines.into_iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    // Bounded before the empty ones are left out, so that a line of commas is no work.
    items.take(MAX_ITEMS).map(<[u8]>::trim_ascii).filter(|item| !item.is_empty()).map(|item| str::from_utf8(item).ok())
}

const MAX_ITEMS: usize = 4 * MAX_HOPS;

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`. An IPv4 address in IPv6's clothes is an
/// IPv4 address.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = match bare {
        Some(bare) => IpAddr::V6(bare.parse().ok()?),
        None => text.parse().or_else(|_| text.parse().map(|socket: SocketAddr| socket.ip())).ok()?,
    };
    Some(address.to_canonical())
}

/// The `for` of each element of `Forwarded`, the first one first; `None` when the field as a whole is not well-formed: a quotation
/// mark that a client leaves open would swallow what the proxies say after it.
fn elements(headers: &HeaderMap) -> Option<Vec<Option<&str>>> {
    let lines: Vec<_> = headers.get_all(FORWARDED).iter().collect();
    if lines.iter().map(|line| line.len()).sum::<usize>() > MAX_FORWARDED {
        return None;
    }
    let mut found = Vec::new();
    for line in lines {
        let mut rest = line.to_str().ok()?;
        loop {
            let (element, after) = element(rest)?;
            found.extend(element);
            match after {
                Some(after) => rest = after,
                None => break,
            }
        }
    }
    Some(found)
}

/// One element and what follows its comma. The element is `None` when it is empty, else its `for`, if it has one.
#[allow(clippy::type_complexity, reason = "said above")]
fn element(text: &str) -> Option<(Option<Option<&str>>, Option<&str>)> {
    let (mut client, mut is_empty, mut rest) = (None, true, text.trim_start_matches(BLANK));
    loop {
        if let Some((name, after)) = rest.split_once('=').filter(|(name, _)| is_token(name)) {
            let (value, after) = value(after)?;
            if name.eq_ignore_ascii_case("for") && client.replace(value).is_some() {
                return None;
            }
            (is_empty, rest) = (false, after);
        }
        rest = rest.trim_start_matches(BLANK);
        let mut after = rest.chars();
        match after.next() {
            Some(';') => rest = after.as_str().trim_start_matches(BLANK),
            Some(',') => return Some(((!is_empty).then_some(client), Some(after.as_str()))),
            None => return Some(((!is_empty).then_some(client), None)),
            Some(_) => return None,
        }
    }
}

/// A token or a quoted string, and what follows. Escapes in a string are left as they are: no address has any.
fn value(text: &str) -> Option<(&str, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        // An address with a port or in brackets should be quoted, and is often not.
        let end = text.find(|letter: char| !(is_token_letter(letter) || ":[]".contains(letter))).unwrap_or(text.len());
        return (end > 0).then(|| text.split_at(end));
    };
    let mut escaped = false;
    let end = quoted.find(|letter| {
        let ends = letter == '"' && !escaped;
        escaped = letter == '\\' && !escaped;
        ends
    })?;
    Some((&quoted[..end], &quoted[end + 1..]))
}

const BLANK: [char; 2] = [' ', '\t'];

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_letter)
}

/// RFC 9110, 5.6.2.
fn is_token_letter(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::http::HeaderValue;

    /// The peer is 10.0.0.1; 10/8, 2001:db8:f::/48 and the IPv4 proxies of a socket for both families are trusted.
    fn client(lines: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, line) in lines {
            headers.append(*name, HeaderValue::from_bytes(line.as_bytes()).expect("a header"));
        }
        let trusted = ["10.0.0.0/8", "2001:db8:f::/48"].map(|network| network.parse().expect("a network"));
        client_address("::ffff:10.0.0.1".parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn the_rightmost_address_that_is_not_trusted_is_the_client() {
        for (line, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, 10.0.0.2", "192.0.2.1"),
            ("192.0.2.1,10.0.0.2 ,\t10.0.0.3", "192.0.2.1"),
            ("6.6.6.6, 192.0.2.1", "192.0.2.1"),
            ("10.0.0.9, 192.0.2.1", "192.0.2.1"),
            ("6.6.6.6, 10.0.0.2, 192.0.2.1, 10.0.0.3", "192.0.2.1"),
            ("<script>, \", 192.0.2.1", "192.0.2.1"),
            ("\u{fc}, 192.0.2.1", "192.0.2.1"),
            ("192.0.2.1:4711", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("2001:db8::1, 2001:db8:f::2", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("192.0.2.1, ::ffff:10.0.0.2", "192.0.2.1"),
            ("192.0.2.1, [::ffff:a00:2]:80", "192.0.2.1"),
            // Trusted from end to end.
            ("10.0.0.7, 10.0.0.2", "10.0.0.7"),
            // Empty items are none.
            ("", "10.0.0.1"),
            (" , ,", "10.0.0.1"),
            ("192.0.2.1,, ,", "192.0.2.1"),
            // A proxy that names no address is as far as anybody can see.
            ("192.0.2.1, unknown", "10.0.0.1"),
            ("192.0.2.1, _hidden, 10.0.0.2", "10.0.0.2"),
            ("192.0.2.1, 010.0.0.2", "10.0.0.1"),
            ("192.0.2.1, 10.0.0.2:http", "10.0.0.1"),
            ("192.0.2.1, [10.0.0.2]", "10.0.0.1"),
            ("192.0.2.1, fe80::1%eth0", "10.0.0.1"),
            ("192.0.2.1 10.0.0.2", "10.0.0.1"),
            ("192.0.2.1, \u{fc}", "10.0.0.1"),
        ] {
            assert_eq!(client(&[("x-forwarded-for", line)]), expected, "{line}");
        }
        assert_eq!(client(&[]), "10.0.0.1");
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines = |lines: &[&str]| client(&lines.iter().map(|line| ("x-forwarded-for", *line)).collect::<Vec<_>>());
        assert_eq!(lines(&["6.6.6.6", "192.0.2.1"]), "192.0.2.1");
        assert_eq!(lines(&["6.6.6.6, 192.0.2.1", "", "10.0.0.3, 10.0.0.2"]), "192.0.2.1");
        let forwarded = |lines: &[&str]| client(&lines.iter().map(|line| ("forwarded", *line)).collect::<Vec<_>>());
        assert_eq!(forwarded(&["for=6.6.6.6", "for=192.0.2.1", "for=10.0.0.2"]), "192.0.2.1");
    }

    #[test]
    fn rfc_7239_is_read() {
        for (line, expected) in [
            ("for=192.0.2.1", "192.0.2.1"),
            ("For=\"192.0.2.1:4711\";proto=https;by=10.0.0.1", "192.0.2.1"),
            ("proto=http ; host=\"a, for=6.6.6.6\" ; FOR=192.0.2.1", "192.0.2.1"),
            ("for=\"[2001:db8::1]:4711\"", "2001:db8::1"),
            ("for=[2001:db8::1]", "2001:db8::1"),
            ("for=192.0.2.1:80", "192.0.2.1"),
            ("for=6.6.6.6, for=192.0.2.1, for=10.0.0.2", "192.0.2.1"),
            ("for=10.0.0.8, for=10.0.0.2", "10.0.0.8"),
            ("for=192.0.2.1,, ,for=10.0.0.2;", "192.0.2.1"),
            ("", "10.0.0.1"),
            // Nobody, at the nearest proxy or further away.
            ("for=192.0.2.1, for=unknown", "10.0.0.1"),
            ("for=192.0.2.1, for=_hidden, for=10.0.0.2", "10.0.0.2"),
            ("for=192.0.2.1, proto=https", "10.0.0.1"),
            ("for=\"\"", "10.0.0.1"),
            ("for=\"192\\.0.2.1\"", "10.0.0.1"),
            // Not well-formed: nothing of it counts.
            ("for=\"6.6.6.6, for=192.0.2.1", "10.0.0.1"),
            ("for=6.6.6.6;a=\"b, for=192.0.2.1", "10.0.0.1"),
            ("for=6.6.6.6;for=192.0.2.1", "10.0.0.1"),
            ("for = 192.0.2.1", "10.0.0.1"),
            ("for=", "10.0.0.1"),
            ("192.0.2.1", "10.0.0.1"),
            ("for=192.0.2.1 for=6.6.6.6", "10.0.0.1"),
            ("host=\"x, for=6.6.6.6;a=\"b\", for=192.0.2.1", "10.0.0.1"),
        ] {
            assert_eq!(client(&[("forwarded", line)]), expected, "{line}");
        }
    }

    #[test]
    fn two_headers_that_differ_are_not_believed() {
        let both = |one: &str, other: &str| client(&[("x-forwarded-for", one), ("forwarded", other)]);
        assert_eq!(both("192.0.2.1", "for=192.0.2.1"), "192.0.2.1");
        assert_eq!(both("6.6.6.6, 192.0.2.1", "for=192.0.2.1;proto=https"), "192.0.2.1");
        for (one, other) in
            [("192.0.2.1", "for=6.6.6.6"), ("6.6.6.6", "for=192.0.2.1"), ("192.0.2.1", ""), ("192.0.2.1", "for=\"")]
        {
            assert_eq!(both(one, other), "10.0.0.1", "{one} {other}");
        }
    }

    #[test]
    fn long_chains_end() {
        let chain = |item: &str, count: usize| format!("192.0.2.1, {}", vec![item; count].join(", "));
        assert_eq!(client(&[("x-forwarded-for", &chain("10.0.0.2", MAX_HOPS - 1))]), "192.0.2.1");
        assert_eq!(client(&[("x-forwarded-for", &chain("10.0.0.2", 10_000))]), "10.0.0.2");
        assert_eq!(client(&[("x-forwarded-for", &format!("192.0.2.1{}", ",".repeat(100_000)))]), "10.0.0.1");
        assert_eq!(client(&[("forwarded", &"for=10.0.0.2,".repeat(600))]), "10.0.0.2");
        assert_eq!(client(&[("forwarded", &"for=10.0.0.2,".repeat(700))]), "10.0.0.1", "too long to be read");
    }

    #[test]
    fn a_peer_that_is_not_trusted_speaks_for_itself() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("6.6.6.6"));
        headers.append("forwarded", HeaderValue::from_static("for=6.6.6.6"));
        let peer: IpAddr = "192.0.2.7".parse().expect("an address");
        assert_eq!(client_address(peer, &headers, &[]), peer);
        assert_eq!(client_address(peer, &headers, &["10.0.0.0/8".parse().expect("a network")]), peer);
        assert!(is_forwarded(&headers) && !is_forwarded(&HeaderMap::new()));
    }
}
