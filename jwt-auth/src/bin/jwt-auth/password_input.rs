//! A password from standard input, never from the command line, where every user of the machine could read it.

use jwt_auth::Secret;
use jwt_auth::password::StandardPasswordPolicy;
use std::io::Read;

/// The first line of standard input, as a new password of the user of this name. A weak one is an operator's to choose, and said to be
/// weak, unless it is to be refused.
pub(crate) fn read_for(username: &str, refuse_weak: bool) -> Result<Secret, Box<dyn std::error::Error>> {
    let password = read()?;
    if password.contains('\0') {
        return Err("the password holds a null character, which no login takes".into());
    }
    let faults = StandardPasswordPolicy::default().check(username, &password);
    if refuse_weak && !faults.is_empty() {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        return Err(faults.join(" ").into());
    }
    for fault in faults {
        eprintln!("warning: {fault}");
    }
    Ok(Secret::new(password))
}

fn read() -> Result<String, Box<dyn std::error::Error>> {
    let mut text = String::new();
    std::io::stdin().take(4096).read_to_string(&mut text)?;
    let password = text.lines().next().unwrap_or_default();
    if password.is_empty() {
        return Err("no password on standard input; pipe it in: `printf '%s' \"$PASSWORD\" | jwt-auth ...`".into());
    }
    Ok(password.to_owned())
}
