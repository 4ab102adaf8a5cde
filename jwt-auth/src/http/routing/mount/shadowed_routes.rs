//! Routes below a mount, which the mounted service must not be asked for under another spelling.
//!
//! `/files//private`, `/files/%70rivate` and `/files/x/../private` are not routed where `/files/private` is, so they go to what is
//! mounted at `/files`; and many services take them for the same.

use percent_encoding::{percent_decode, percent_decode_str};
use std::iter::successors;
use std::sync::{Arc, PoisonError, RwLock};

/// The routed paths of a router, and which of them are mounts.
#[derive(Clone, Default)]
pub(in crate::http::routing) struct Paths {
    routed: Vec<String>,
    mounts: Vec<Mount>,
}

#[derive(Clone)]
struct Mount {
    prefix: String,
    /// As it stands in the table.
    rule: String,
    below: ShadowedRoutes,
}

/// The routes below one mount. It is shared with the mounted handler, because routes may be added after it.
#[derive(Clone, Default)]
pub(in crate::http::routing) struct ShadowedRoutes(Arc<RwLock<Below>>);

#[derive(Default)]
struct Below {
    patterns: Vec<Pattern>,
    /// How many segments of the prefix a path may still have when it comes to the mount: see [`is_cut_off`].
    left: usize,
}

/// A route's path by its segments.
type Pattern = Vec<Segment>;

/// A segment of a route's path: a literal beginning, decoded, and what comes after it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Segment {
    begin: Vec<u8>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Literal,
    Parameter,
    Rest,
}

impl Paths {
    /// # Panics
    /// When there is a mount at this path.
    #[track_caller]
    pub(in crate::http::routing) fn add(&mut self, path: &str) {
        self.routed.push(path.to_owned());
        self.refuse_routed_mounts();
        for mount in &self.mounts {
            mount.below.learn(&mount.prefix, [path]);
        }
    }

    /// # Panics
    /// When there is a mount at this path already, or a route.
    #[track_caller]
    pub(in crate::http::routing) fn mount(&mut self, prefix: &str, rule: &str) -> ShadowedRoutes {
        let below = ShadowedRoutes::default();
        below.leave(prefix, prefix);
        below.learn(prefix, self.routed.iter().map(String::as_str));
        self.put(Mount { prefix: prefix.to_owned(), rule: rule.to_owned(), below: below.clone() });
        self.add(&format!("{prefix}/{TAIL}"));
        below
    }

    /// # Panics
    /// When both have a mount at one path, or one a mount and the other a route.
    #[track_caller]
    pub(in crate::http::routing) fn take_in(&mut self, other: Self, place: impl Fn(&str) -> String) {
        self.routed.extend(other.routed.iter().map(|path| place(path)));
        for mount in other.mounts {
            let prefix = place(&mount.prefix);
            mount.below.leave(prefix.strip_suffix(&mount.prefix).unwrap_or_default(), &prefix);
            self.put(Mount { prefix, ..mount });
        }
        self.refuse_routed_mounts();
        for mount in &self.mounts {
            mount.below.learn(&mount.prefix, self.routed.iter().map(String::as_str));
        }
    }

    // axum would take both in silence: the route has its methods of the exact path, the mount the others, and the slash at the end.
    #[track_caller]
    fn refuse_routed_mounts(&self) {
        let is_routed = |mount: &&Mount| self.routed.iter().any(|path| is_same_path(&mount.prefix, path));
        if let Some(Mount { prefix, rule, .. }) = self.mounts.iter().find(is_routed) {
            panic!(
                "a route and a mount (with the rule `{rule}`) at `{}`: a mount answers for its own path, so give the route another one, or put it into what is mounted",
                if prefix.is_empty() { "/" } else { prefix },
            );
        }
    }

    // axum would say that an internal path of ours conflicts with itself.
    #[track_caller]
    fn put(&mut self, new: Mount) {
        if let Some(old) = self.mounts.iter().find(|old| is_same_path(&old.prefix, &new.prefix)) {
            panic!(
                "two mounts at `{}`, one with the rule `{}` and one with the rule `{}`: a path has one mount, so give one of them another path",
                if new.prefix.is_empty() { "/" } else { &new.prefix },
                old.rule,
                new.rule
            );
        }
        self.mounts.push(new);
    }
}

impl ShadowedRoutes {
    /// Notes that axum leaves the whole prefix on the path, where it does because of this part of it.
    fn leave(&self, part: &str, prefix: &str) {
        if !part.split('/').all(is_cut_off) {
            let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
            known.left = known.left.max(segments(prefix).len());
        }
    }

    /// Takes up those of the routed paths that are below. It forgets none: a clone of the router, which shares the mount, may
    /// have other routes.
    fn learn<'a>(&self, prefix: &str, routed: impl IntoIterator<Item = &'a str>) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for pattern in routed.into_iter().filter_map(|path| below(prefix, path)) {
            if !known.patterns.contains(&pattern) {
                known.patterns.push(pattern);
            }
        }
    }

    /// Whether a service may take this path, which has come to its mount, for a route below, or for one outside of the mount.
    pub(in crate::http::routing) fn claims(&self, path: &str) -> bool {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        // Nothing is below, and the path cannot climb: the usual mount, at each of its requests.
        if known.patterns.is_empty() && !path.contains("..") && !path.contains('%') {
            return false;
        }
        let is_claimed = |rest: &str| match plain(rest) {
            None => true,
            Some(plain) => known.patterns.iter().any(|pattern| matches(pattern, &plain)),
        };
        successors(Some(path), |path| Some(after_first(path))).take(known.left + 1).any(is_claimed)
    }
}

const TAIL: &str = "{*path}";

/// Whether axum takes this segment of a prefix off a path, as it does with a parameter that is a whole segment and with a literal without
/// braces. For any other it leaves the whole prefix where it is, without a word.
fn is_cut_off(segment: &str) -> bool {
    let has_brace = |text: &str| text.contains(['{', '}']);
    let parameter = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    !has_brace(segment) || parameter.is_some_and(|name| !has_brace(name))
}

/// What is left of a path behind its first segment.
fn after_first(path: &str) -> &str {
    let path = path.trim_start_matches('/');
    path.find('/').map_or("", |end| &path[end..])
}

/// What is left of a path after a mount's prefix, unless it is the mount itself. Nothing is left of a route that shares a path of the mount's
/// own (`/2026` beside a mount at `/{year}`): axum gives it that path for its methods, and the mount would answer for the others, and for
/// the slash at the end, by a rule of its own.
fn below(prefix: &str, path: &str) -> Option<Pattern> {
    let prefix = segments(prefix);
    let mut rest = segments(path);
    let is_below = rest.len() >= prefix.len() && prefix.iter().zip(&rest).all(|(own, given)| own.may_meet(given));
    let rest = is_below.then(|| rest.split_off(prefix.len()))?;
    let is_the_mount = matches!(&*rest, [Segment { begin, kind: Kind::Rest }] if begin.is_empty());
    (!is_the_mount).then_some(rest)
}

/// Whether axum takes both for one path: it does not mind how parameters are called.
fn is_same_path(one: &str, other: &str) -> bool {
    segments(one) == segments(other)
}

fn segments(path: &str) -> Pattern {
    path.split('/').filter(|segment| !segment.is_empty()).map(Segment::of).collect()
}

impl Segment {
    /// As matchit reads it: literal up to the first brace that is not doubled.
    fn of(text: &str) -> Self {
        let (mut begin, mut kind) = (String::new(), Kind::Literal);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '{' if letters.peek() != Some(&'{') => {
                    kind = if letters.peek() == Some(&'*') { Kind::Rest } else { Kind::Parameter };
                    break;
                }
                '{' | '}' if letters.peek() == Some(&letter) => {
                    letters.next();
                    begin.push(letter);
                }
                letter => begin.push(letter),
            }
        }
        Self { begin: percent_decode_str(&begin).collect(), kind }
    }

    /// Whether some segment of a path fits both.
    fn may_meet(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            (Kind::Literal, Kind::Literal) => self.begin == other.begin,
            (Kind::Literal, _) => self.begin.starts_with(&other.begin),
            (_, Kind::Literal) => other.begin.starts_with(&self.begin),
            _ => self.begin.starts_with(&other.begin) || other.begin.starts_with(&self.begin),
        }
    }

    fn fits(&self, given: &[u8]) -> bool {
        match self.kind {
            Kind::Literal => self.begin.eq_ignore_ascii_case(given),
            Kind::Parameter | Kind::Rest => {
                given.get(..self.begin.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&self.begin))
            }
        }
    }
}

/// As file systems and servers read a path: decoded, more than once by a proxy in front of a server; nothing for one that climbs above
/// where it begins.
fn plain(path: &str) -> Option<Vec<Vec<u8>>> {
    let mut decoded: Vec<u8> = percent_decode_str(path).collect();
    for _ in 0..3 {
        decoded = percent_decode(&decoded).collect();
    }
    let mut plain: Vec<Vec<u8>> = Vec::new();
    for segment in decoded.split(|byte| matches!(byte, b'/' | b'\\')) {
        match segment {
            b"" | b"." => {}
            b".." => drop(plain.pop()?),
            segment => plain.push(name(segment).to_vec()),
        }
    }
    Some(plain)
}

/// Without what some servers cut off: path parameters, streams of a file, what follows a NUL, dots and spaces at the end.
fn name(segment: &[u8]) -> &[u8] {
    let end = segment.iter().position(|byte| matches!(byte, b';' | b':' | b'\0')).unwrap_or(segment.len());
    let mut name = &segment[..end];
    while let [rest @ .., b'.' | b' '] = name {
        name = rest;
    }
    name
}

fn matches(pattern: &[Segment], path: &[Vec<u8>]) -> bool {
    let mut given = path.iter();
    for own in pattern {
        let next = given.next();
        if own.kind == Kind::Rest {
            return own.begin.is_empty() || next.is_some_and(|given| own.fits(given));
        }
        if !next.is_some_and(|given| own.fits(given)) {
            return false;
        }
    }
    given.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_below_is_claimed_in_every_spelling() {
        let mut paths = Paths::default();
        let files = paths.mount("/files", "R");
        assert!(!files.claims("/private/x"), "nothing is below");
        paths.add("/elsewhere/private");
        paths.add("/files/private/{*path}");
        paths.add("/files/{user}/mail");
        for path in [
            "/private/x",
            "/private",
            "/private/",
            "//private/x",
            "/./private/x",
            "/a/../private/x",
            "/%70rivate/x",
            "/private%2Fx",
            "/%2e%2E/private/x",
            "/a/..%5cprivate\\x",
            "/PRIVATE/x",
            "/7//mail",
            "/7/mail/",
            "/%2570rivate/x",
            "/private.;a=b/x",
            "/private::$DATA/x",
            "/private%20/x",
            "/7/mail%00",
            "/../other",
        ] {
            assert!(files.claims(path), "{path}");
        }
        for path in ["/", "/privat", "/privates/x", "/a/private/x", "/7/mail/x", "/7", "/elsewhere/private"] {
            assert!(!files.claims(path), "{path}");
        }
    }

    #[test]
    fn a_parameter_may_begin_with_a_literal() {
        let mut paths = Paths::default();
        let files = paths.mount("/files", "R");
        paths.add("/files/user_{name}");
        paths.add("/files/pre-{*rest}");
        paths.add("/files/{{x}}");
        for path in
            ["//user_bob", "/%75ser_bob", "/x/../user_bob", "/user_bob/", "/USER_BOB", "//pre-x/y/z", "/%7Bx%7D/"]
        {
            assert!(files.claims(path), "{path}");
        }
        for path in ["/users", "/pre", "/user_bob/x", "/x", "/other"] {
            assert!(!files.claims(path), "{path}");
        }
        let tenants = paths.mount("/user_{u}", "R");
        paths.add("/user_bob/secret");
        assert!(tenants.claims("//secret") && !tenants.claims("/secrets"));
        // axum leaves such a prefix on the path.
        for path in ["/user_bob/%73ecret", "//user_bob//secret", "/user_bob/../secret", "/user_bob/x/../../y"] {
            assert!(tenants.claims(path), "{path}");
        }
        for path in ["/user_bob/secrets", "/user_bob/a/secret", "/user_bob", "/user_bob/"] {
            assert!(!tenants.claims(path), "{path}");
        }
    }

    #[test]
    fn nesting_keeps_mounts_and_routes_together() {
        let (mut outer, mut inner) = (Paths::default(), Paths::default());
        let mount = inner.mount("/files", "R");
        outer.take_in(inner, |path| format!("/v1{path}"));
        assert!(!mount.claims("//private"));
        outer.add("/{version}/files/private");
        assert!(mount.claims("//private"));
    }

    #[test]
    fn what_a_clone_learns_does_not_make_the_other_forget() {
        let mut one = Paths::default();
        let mount = one.mount("/files", "R");
        let mut other = one.clone();
        one.add("/files/private");
        other.add("/files/other");
        assert!(mount.claims("//private") && mount.claims("//other"));
    }

    #[test]
    fn a_route_that_shares_paths_with_a_mount_keeps_them() {
        let mut paths = Paths::default();
        let mount = paths.mount("/{year}", "R");
        assert!(!mount.claims("/"));
        paths.add("/reports");
        assert!(mount.claims("/") && mount.claims("//") && mount.claims("/./") && !mount.claims("/a"));
    }

    #[test]
    fn a_mount_is_not_below_itself() {
        let mut paths = Paths::default();
        let root = paths.mount("", "R");
        paths.add("/api/me");
        assert!(root.claims("//api/me") && !root.claims("//index.html") && !root.claims("/"));
    }
}
