//! A password from standard input, never from the command line, where every user of the machine could read it.

use jwt_auth::Secret;
use std::io::Read;

/// The first line of standard input.
pub(crate) fn read() -> Result<Secret, Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        return Err("no password on standard input; pipe it in: `printf '%s' \"$PASSWORD\" | jwt-auth ...`".into());
    }
    Ok(Secret::new(password))
}
