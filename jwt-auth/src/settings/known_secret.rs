//! Secrets that everybody knows: whoever reads the pages they stand on can sign tokens with them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use zeroize::Zeroizing;

/// Where everybody can read this secret, whatever its encoding; `None` when it stands on no page known here.
pub(crate) fn known_secret(secret: &[u8]) -> Option<&'static str> {
    // A secret is taken byte for byte; a published one is published in hexadecimal digits or base64 as well as bare.
    let forms = [Some(Zeroizing::new(secret.to_vec())), from_hex(secret), from_base64(secret)];
    forms.iter().flatten().find_map(|form| origin(form))
}

fn origin(secret: &[u8]) -> Option<&'static str> {
    let is = |form: Option<Zeroizing<Vec<u8>>>| form.is_some_and(|form| *form == secret);
    let listed = KNOWN.iter().find(|(known, _)| {
        let known = known.as_bytes();
        secret == known || is(from_hex(known)) || is(from_base64(known))
    });
    if let Some((_, origin)) = listed {
        return Some(origin);
    }
    let letters = letters(std::str::from_utf8(secret).ok()?);
    // SimpleJWT signs with it unless it is told otherwise.
    if letters.starts_with("djangoinsecure") {
        return Some("`startproject` of Django writes such a one, for development only");
    }
    if let Some((_, origin)) = PLACEHOLDERS.iter().find(|(known, _)| *known == *letters) {
        return Some(origin);
    }
    let rest = WORDS.iter().fold(letters.to_string(), |rest, word| rest.replace(word, ""));
    (rest.len() < FEW && rest.len() < letters.len() || repeats_a_word(&letters))
        .then_some("it is a word, written once or over and over")
}

/// Letters and digits in lower case: how they are joined makes no other secret.
fn letters(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect())
}

/// `secretsecretsecretsecret`, and with something short behind it. No random secret repeats its first sixteen letters or fewer
/// throughout.
fn repeats_a_word(letters: &str) -> bool {
    [letters, &letters[..letters.len().saturating_sub(TAIL)]].into_iter().any(|text| {
        let text = text.as_bytes();
        (1..=LONGEST_WORD).any(|length| {
            text.len() >= 2 * length && text.iter().zip(text.iter().skip(length)).all(|(one, other)| one == other)
        })
    })
}

fn from_base64(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let end = text.iter().rposition(|byte| *byte != b'=').map_or(0, |last| last + 1);
    let text = &text[..end];
    URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok().map(Zeroizing::new)
}

fn from_hex(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    });
    pairs.collect::<Option<Vec<u8>>>().map(Zeroizing::new)
}

const LONGEST_WORD: usize = 16;

/// `1`, `123!`.
const TAIL: usize = 4;

/// What is left of a secret beside [`WORDS`] when there is nothing else in it.
const FEW: usize = 8;

/// Secrets as they are printed, and where.
const KNOWN: &[(&str, &str)] = &[
    (
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow",
        "RFC 7515, A.1, prints it",
    ),
    ("hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FRG-Onbc6mxCcYg", "RFC 7520, 3.5, prints it"),
    ("09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", "the tutorial of FastAPI prints it"),
    ("404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970", "tutorials on JWT with Spring Boot print it"),
    ("413F4428472B4B6250655368566D5970337336763979244226452948404D6351", "tutorials on JWT with Spring Boot print it"),
];

/// Secrets made of words, their letters and digits only.
const PLACEHOLDERS: &[(&str, &str)] = &[
    ("your256bitsecret", "jwt.io prints it"),
    ("your384bitsecret", "jwt.io prints it"),
    ("your512bitsecret", "jwt.io prints it"),
    ("astringsecretatleast256bitslong", "jwt.io prints it"),
    ("avalidstringsecretthatisatleast384bitslong", "jwt.io prints it"),
    ("avalidstringsecretthatisatleast512bitslongwhichisverylong", "jwt.io prints it"),
    ("supersecretjwttokenwithatleast32characterslong", "a local Supabase signs with it"),
    ("yoursupersecretjwttokenwithatleast32characterslong", "a local Supabase signs with it"),
    ("reallyreallyreallyreallyverysafe", "the tutorial of PostgREST prints it"),
    (
        "donotusethisvalueinsteadcreateacomplexsecretandkeepitsafeoutsideofthesourcecode",
        "the documentation of NestJS prints it",
    ),
    // Those of our own pages, where one is shown at all.
    ("asigningkey", "the documentation of jwt-auth prints it"),
    ("tooshort", "the documentation of jwt-auth prints it"),
];

/// What stands where a secret is still to be written.
const WORDS: &[&str] = &[
    "changeme",
    "changethis",
    "changeit",
    "replaceme",
    "replacethis",
    "placeholder",
    "yoursecretkey",
    "yoursecret",
    "yourkey",
    "mysecretkey",
    "mysecret",
    "supersecret",
    "secretkey",
    "jwtsecret",
    "secret",
    "password",
    "passphrase",
    "insecure",
    "development",
    "example",
    "topsecret",
];
