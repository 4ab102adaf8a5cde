//! Paths of axum and of OpenAPI.

/// A path as OpenAPI writes it: `/files/{*path}` is `/files/{path}`.
pub(super) fn documented(path: &str) -> String {
    path.replace("{*", "{")
}

/// A path without the names of its parameters, in which the two notations differ.
pub(super) fn shape(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shape, part| shape + "{}" + part.split_once('}').map_or("", |(_, rest)| rest))
}

/// The path parameters' names.
pub(super) fn parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| Some(part.split_once('}')?.0.trim_start_matches('*')))
}

/// The same path in its other form, with or without a slash at its end.
pub(super) fn other_form(path: &str) -> String {
    path.strip_suffix('/').map_or_else(|| format!("{path}/"), str::to_owned)
}

/// What the row of a mount stands for: `/admin` for `/admin/{*path}`.
pub(super) fn mounted_at(path: &str) -> Option<&str> {
    path.strip_suffix("/{*path}")
}

/// Whether a path is the prefix or below it.
pub(super) fn is_below(path: &str, prefix: &str) -> bool {
    shape(path).strip_prefix(&shape(prefix)).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_known_by_its_shape() {
        assert_eq!(shape("/orders/{id}/lines/{line}"), "/orders/{}/lines/{}");
        assert_eq!(shape("/orders/{order_id}/lines/{n}"), shape("/orders/{id}/lines/{line}"));
        assert_eq!(shape("/files/{*path}"), "/files/{}");
        assert_eq!(shape("/{unclosed"), "/{}");
        assert_eq!(documented("/files/{*path}"), "/files/{path}");
        assert_eq!(parameters("/orders/{id}/files/{*path}").collect::<Vec<_>>(), ["id", "path"]);
        assert_eq!((other_form("/a"), other_form("/a/")), ("/a/".to_owned(), "/a".to_owned()));
    }

    #[test]
    fn a_mount_covers_itself_and_what_is_below() {
        let prefix = mounted_at("/tenants/{id}/admin/{*path}").expect("a mount");
        assert_eq!(prefix, "/tenants/{id}/admin");
        for (path, is_covered) in [
            ("/tenants/{tenant}/admin", true),
            ("/tenants/{tenant}/admin/", true),
            ("/tenants/{tenant}/admin/users/{id}", true),
            ("/tenants/{tenant}/administration", false),
            ("/tenants/{tenant}", false),
        ] {
            assert_eq!(is_below(path, prefix), is_covered, "{path}");
        }
        assert_eq!(mounted_at("/{*path}"), Some(""));
        assert!(is_below("/anything", ""));
        assert_eq!(mounted_at("/{*fallback}"), None);
    }
}
