//! Keys as settings hold them, or the files that settings name. Nothing of a key may come into a message.

use super::input::InputError;
use crate::secret::Secret;
use std::fs::File;
use std::io::Read;

/// The secret as it stands, or a PEM whose lines may be joined by the two characters `\n`, as `.env` files need it. Line breaks
/// around it came with the file or the `echo` that it was written by.
pub(super) fn key_text(written: &str) -> Result<Secret, InputError> {
    let text = written.trim_matches(LINE_BREAKS);
    if text.is_empty() {
        return Err(InputError::new("the key is empty", "write the secret or the PEM text, or leave the setting out"));
    }
    if is_quoted(text) {
        return Err(quoted());
    }
    if is_json_array(text) {
        let remedy = "write the key alone; older keys go to `fallback_keys`, which is a list";
        return Err(InputError::new("it is a JSON array, and this is one key", remedy));
    }
    if text.trim_start().starts_with("-----BEGIN") {
        return Ok(Secret::new(text.replace("\\r\\n", "\n").replace("\\n", "\n")));
    }
    Ok(Secret::new(text))
}

/// The key in a file, and nothing else.
// The path is left out of every message: whoever writes the key where its file belongs must not find it in a log.
pub(super) fn key_in_file(path: &str) -> Result<Secret, InputError> {
    let remedy = "write the path of a text file that this process may read and that holds nothing but the key";
    let found = std::fs::metadata(path);
    if found.as_ref().is_ok_and(std::fs::Metadata::is_dir) {
        return Err(InputError::new(
            "it is a folder, which is what Docker makes where the file to mount is missing",
            remedy,
        ));
    }
    if found.is_err() && (is_json_array(path) || are_paths(path)) {
        return Err(InputError::new("it is a list, and this is one file", "write the path of one file"));
    }
    if has_mode(path, WRITABLE_BY_OTHERS) {
        return Err(InputError::new(
            "everybody on this machine can write the key's file",
            "run `chmod o-w` on it, or `chmod 600`",
        ));
    }
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(LONGEST_FILE + 1).read_to_string(&mut text));
    let whole = Secret::from(text);
    match read {
        Err(error) => Err(InputError::new(format!("the file cannot be read: {error}"), remedy)),
        Ok(length) if length as u64 > LONGEST_FILE => Err(InputError::new("the file is over 64 KiB", remedy)),
        Ok(_) if is_json_array(whole.expose()) => Err(InputError::new(
            "the file holds a JSON array, and a key file holds one key",
            "put each key into a file of its own; `fallback_keys_file` takes a list of files, `[\"/run/old.key\", \"/run/older.key\"]`",
        )),
        Ok(_) => key_text(whole.expose()),
    }
}

/// Whether others than the owner and the group may read the file, as they may where secrets are mounted into containers.
pub(super) fn is_exposed(path: &str) -> bool {
    has_mode(path, READABLE_BY_OTHERS)
}

/// Whether these are several paths with commas between them.
pub(super) fn are_paths(text: &str) -> bool {
    text.contains(',') && text.split(',').all(|path| path.contains(['/', '\\'])) && !std::path::Path::new(text).exists()
}

/// Whether the text begins and ends with the same quote.
pub(super) fn is_quoted(text: &str) -> bool {
    let text = text.trim();
    text.len() > 1 && ['"', '\''].iter().any(|quote| text.starts_with(*quote) && text.ends_with(*quote))
}

/// What is wrong with it.
pub(super) fn quoted() -> InputError {
    let reason = "the value itself begins and ends with a quote, as `docker run --env-file` hands it on";
    InputError::new(reason, "leave the quotes out")
}

/// Whether two secrets or more are meant. A secret may have commas and line breaks in it: each part must be as long as a secret.
pub(super) fn holds_several(text: &str) -> bool {
    let long_enough = |part: &str| part.trim().len() >= SHORTEST_SECRET;
    let is_key = text.trim_start().starts_with('{') || text.contains("-----BEGIN");
    let separated = |by: char| text.contains(by) && text.split(by).all(long_enough);
    !is_key && (separated(',') || separated('\n'))
}

const LINE_BREAKS: [char; 2] = ['\r', '\n'];

/// In bytes, for HS256 (RFC 7518, 3.2).
const SHORTEST_SECRET: usize = 32;

/// The longest key file. A private RSA key of 16384 bits has 13 KiB as PEM.
const LONGEST_FILE: u64 = 65_536;

const READABLE_BY_OTHERS: u32 = 0o004;
/// A key that others can put in its place is theirs.
const WRITABLE_BY_OTHERS: u32 = 0o002;

fn is_json_array(text: &str) -> bool {
    let text = text.trim();
    text.starts_with('[') && text.ends_with(']')
}

#[cfg(unix)]
fn has_mode(path: &str, bits: u32) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & bits != 0)
}

#[cfg(not(unix))]
fn has_mode(_: &str, _: u32) -> bool {
    false
}
