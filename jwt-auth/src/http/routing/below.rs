//! Routes below a mount, which the mounted service must not be asked for under another spelling.
//!
//! `/files//private`, `/files/%70rivate` and `/files/x/../private` are not routed where `/files/private` is, so they go to what is
//! mounted at `/files`; and many services take them for the same.

use percent_encoding::percent_decode_str;
use std::sync::{Arc, PoisonError, RwLock};

/// The routed paths of a router, and which of them are mounts.
#[derive(Clone, Default)]
pub(super) struct Paths {
    routed: Vec<String>,
    mounts: Vec<Mount>,
}

#[derive(Clone)]
struct Mount {
    prefix: String,
    /// As it stands in the table.
    rule: String,
    below: Below,
}

/// The routes below one mount. It is shared with the mounted handler, because routes may be added after it.
#[derive(Clone, Default)]
pub(super) struct Below(Arc<RwLock<Vec<Pattern>>>);

/// A route's path by its segments, decoded.
type Pattern = Vec<Vec<u8>>;

impl Paths {
    pub(super) fn add(&mut self, path: &str) {
        self.routed.push(path.to_owned());
        for mount in &self.mounts {
            mount.below.learn(&mount.prefix, [path]);
        }
    }

    /// # Panics
    /// When there is a mount at this path already.
    #[track_caller]
    pub(super) fn mount(&mut self, prefix: &str, rule: &str) -> Below {
        let below = Below::default();
        below.learn(prefix, self.routed.iter().map(String::as_str));
        self.put(Mount { prefix: prefix.to_owned(), rule: rule.to_owned(), below: below.clone() });
        self.add(&format!("{prefix}/{TAIL}"));
        below
    }

    /// # Panics
    /// When both have a mount at one path.
    #[track_caller]
    pub(super) fn take_in(&mut self, other: Self, place: impl Fn(&str) -> String) {
        self.routed.extend(other.routed.iter().map(|path| place(path)));
        for mount in other.mounts {
            self.put(Mount { prefix: place(&mount.prefix), ..mount });
        }
        for mount in &self.mounts {
            mount.below.learn(&mount.prefix, self.routed.iter().map(String::as_str));
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

impl Below {
    /// Takes up those of the routed paths that are below. It forgets none: a clone of the router, which shares the mount, may
    /// have other routes.
    fn learn<'a>(&self, prefix: &str, routed: impl IntoIterator<Item = &'a str>) {
        let mut patterns = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for pattern in routed.into_iter().filter_map(|path| below(prefix, path)) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }

    /// Whether a service may take this path, which has come to its mount, for a route below.
    pub(super) fn claims(&self, path: &str) -> bool {
        let patterns = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if patterns.is_empty() {
            return false;
        }
        let decoded: Vec<u8> = percent_decode_str(path).collect();
        let plain = plain(&decoded);
        patterns.iter().any(|pattern| matches(pattern, &plain))
    }
}

const TAIL: &str = "{*path}";

/// What is left of a path after a mount's prefix, unless it is the mount itself.
fn below(prefix: &str, path: &str) -> Option<Pattern> {
    let segments = |path| str::split(path, '/').filter(|segment| !segment.is_empty());
    let mut rest = segments(path);
    let is_below = segments(prefix).all(|own| {
        rest.next().is_some_and(|given| own == given || is_parameter(own.as_bytes()) || is_parameter(given.as_bytes()))
    });
    let rest: Vec<_> = rest.collect();
    let is_below = is_below && !rest.is_empty() && rest != [TAIL];
    is_below.then(|| rest.into_iter().map(|segment| percent_decode_str(segment).collect()).collect())
}

/// The segments as file systems and servers read them.
fn plain(decoded: &[u8]) -> Vec<&[u8]> {
    let mut plain = Vec::new();
    for segment in decoded.split(|byte| matches!(byte, b'/' | b'\\')) {
        match segment {
            b"" | b"." => {}
            b".." => drop(plain.pop()),
            segment => plain.push(segment),
        }
    }
    plain
}

fn matches(pattern: &[Vec<u8>], path: &[&[u8]]) -> bool {
    let mut given = path.iter();
    for own in pattern {
        if own.starts_with(b"{*") {
            return true;
        }
        if !given.next().is_some_and(|given| is_parameter(own) || own.eq_ignore_ascii_case(given)) {
            return false;
        }
    }
    given.next().is_none()
}

/// Whether axum takes both for one path: it does not mind how parameters are called.
fn is_same_path(one: &str, other: &str) -> bool {
    let alike = |(a, b): (&str, &str)| a == b || (is_parameter(a.as_bytes()) && is_parameter(b.as_bytes()));
    let segments = |path| str::split(path, '/').filter(|segment| !segment.is_empty());
    segments(one).count() == segments(other).count() && segments(one).zip(segments(other)).all(alike)
}

fn is_parameter(segment: &[u8]) -> bool {
    segment.starts_with(b"{")
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
        ] {
            assert!(files.claims(path), "{path}");
        }
        for path in
            ["/", "/privat", "/privates/x", "/a/private/x", "/%2570rivate/x", "/7/mail/x", "/7", "/elsewhere/private"]
        {
            assert!(!files.claims(path), "{path}");
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
    fn a_mount_is_not_below_itself() {
        let mut paths = Paths::default();
        let root = paths.mount("", "R");
        paths.add("/api/me");
        assert!(root.claims("//api/me") && !root.claims("//index.html") && !root.claims("/"));
    }
}
