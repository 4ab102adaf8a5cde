//! Tokens with up to three oddities each, always the same ones for a number.

use jwt_auth::keys::Algorithm;
use jwt_auth_tests::tokens::{Forge, SECRET, base64url};
use std::sync::LazyLock;

/// A token, and what was put into it before it was signed and bent.
pub(super) struct OddToken {
    pub(super) header: String,
    pub(super) payload: String,
    pub(super) text: String,
}

/// The numbers that make one token: splitmix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % end as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

type Members = Vec<(String, String)>;

const ANY: [&str; 26] = [
    "null",
    "true",
    "false",
    "\"\"",
    "\"x\"",
    "\"\\u0061pi\"",
    "\"a\\nb\"",
    "\"é😀\"",
    "\"\\ud83d\\ude00\"",
    "0",
    "5",
    "-1",
    "-0.5",
    "1.5",
    "1e3",
    "1e300",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "[]",
    "[\"x\"]",
    "[1,\"api\"]",
    "{}",
    "{\"a\":{\"b\":[1,{}]}}",
    "{\"a\":1,\"a\":2}",
    "\"HS256\"",
];

const IN_HEADERS: [&str; 18] = [
    "alg",
    "typ",
    "kid",
    "crit",
    "b64",
    "zip",
    "enc",
    "cty",
    "jwk",
    "jku",
    "x5t",
    "x5t#S256",
    "x5u",
    "x5c",
    "url",
    "nonce",
    "\\u0061lg",
    "other",
];

const IN_PAYLOADS: [&str; 14] = [
    "exp",
    "nbf",
    "iat",
    "iss",
    "aud",
    "sub",
    "jti",
    "token_type",
    "user_id",
    "sid",
    "gen",
    "auth_time",
    "\\u0065xp",
    "other",
];

impl OddToken {
    /// Far from every boundary of time, so that it is the same token for a while.
    pub(super) fn new(number: u64, now: u64) -> Self {
        let mut draw = Draw(number);
        let own = |members: &[(&str, &str)]| -> Members {
            members.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let mut header = own(&[("alg", "\"HS256\""), ("typ", "\"JWT\"")]);
        let (exp, iat) = ((now + 3600).to_string(), (now - 3600).to_string());
        let mut payload = own(&[
            ("token_type", "\"access\""),
            ("exp", &exp),
            ("iat", &iat),
            ("jti", "\"5f3a0dc1c8a94b3f9a8f2ad2f5b1e0c7\""),
            ("user_id", "\"42\""),
            ("aud", "\"api\""),
            ("iss", "\"https://issuer.example\""),
        ]);
        let mut bend = None;
        for _ in 0..draw.below(4) {
            match draw.below(9) {
                0..=2 => {
                    let name = draw.of(&IN_HEADERS);
                    let value = value_of(&mut draw, name, now);
                    change(&mut draw, &mut header, name, value);
                }
                3..=7 => {
                    let name = draw.of(&IN_PAYLOADS);
                    let value = value_of(&mut draw, name, now);
                    change(&mut draw, &mut payload, name, value);
                }
                _ => bend = Some(draw.below(14)),
            }
        }
        let (header, payload) = (written(&mut draw, &header), written(&mut draw, &payload));
        let text = signed(bend, &header, &payload);
        Self { header, payload, text }
    }
}

fn change(draw: &mut Draw, members: &mut Members, name: &str, value: String) {
    match draw.below(8) {
        0 => members.retain(|(known, _)| known != name),
        // Once more beside the one that is there.
        1 => members.push((name.to_owned(), value)),
        _ => {
            members.retain(|(known, _)| known != name);
            members.push((name.to_owned(), value));
        }
    }
}

fn value_of(draw: &mut Draw, name: &str, now: u64) -> String {
    if draw.below(4) == 0 {
        return draw.of(&ANY).to_owned();
    }
    let time = |draw: &mut Draw| {
        let offset = [-1_000_000, -3600, 3600, 1_000_000][draw.below(4)];
        let time = i128::from(now) + offset;
        match draw.below(9) {
            0 => format!("{time}.0"),
            1 => format!("{time}.5"),
            2 => format!("\"{time}\""),
            3 => format!("{time}e0"),
            _ => time.to_string(),
        }
    };
    match name {
        "exp" | "nbf" | "iat" | "\\u0065xp" => time(draw),
        "alg" | "\\u0061lg" => draw
            .of(&[
                "\"HS256\"",
                "\"hs256\"",
                "\"HS384\"",
                "\"none\"",
                "\"RS256\"",
                "\"ES256K\"",
                "\"H\\u0053256\"",
                "[\"HS256\"]",
            ])
            .to_owned(),
        "typ" => draw
            .of(&[
                "\"JWT\"",
                "\"jwt\"",
                "\"at+jwt\"",
                "\"application/at+JWT\"",
                "\"dpop+jwt\"",
                "\"logout+jwt\"",
                "\"J\\u0057T\"",
                "\"\"",
            ])
            .to_owned(),
        "kid" => match draw.below(4) {
            0 => format!("\"{}\"", "k".repeat(257)),
            1 => "\"a b\"".to_owned(),
            _ => "\"2026-11\"".to_owned(),
        },
        "iss" => draw
            .of(&[
                "\"https://issuer.example\"",
                "\"https://issuer.example/\"",
                "[\"https://issuer.example\"]",
                "\"https:\\/\\/issuer.example\"",
                "\"https://another.example\"",
            ])
            .to_owned(),
        "aud" => draw
            .of(&[
                "\"api\"",
                "\"admin\"",
                "[\"x\",\"api\"]",
                "[\"x\"]",
                "[\"api\",5]",
                "[[\"api\"]]",
                "\"\\u0061pi\"",
                "\"API\"",
            ])
            .to_owned(),
        "sub" | "token_type" | "jti" | "user_id" | "sid" => {
            draw.of(&["\"refresh\"", "\"a\"", "\"\\u0061\"", "7", "null", "[\"a\"]"]).to_owned()
        }
        "other" => match draw.below(5) {
            0 => format!("{}{}", "[".repeat(40), "]".repeat(40)),
            1 => format!("\"{}\"", "x".repeat(9000)),
            2 => format!("[{}1]", "1,".repeat(100)),
            _ => draw.of(&ANY).to_owned(),
        },
        _ => draw.of(&ANY).to_owned(),
    }
}

fn written(draw: &mut Draw, members: &Members) -> String {
    let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    match draw.below(40) {
        0 => format!("[{{{}}}]", members.join(",")),
        1 => format!(" {{\n\t{}\r\n}} ", members.join(" ,\n ")),
        2 => format!("{{{},}}", members.join(",")),
        3 => format!("\u{feff}{{{}}}", members.join(",")),
        _ => format!("{{{}}}", members.join(",")),
    }
}

fn signed(bend: Option<usize>, header: &str, payload: &str) -> String {
    static OWN: LazyLock<[Forge; 2]> =
        LazyLock::new(|| [Forge::new(Algorithm::HS256), Forge::with_secret(SECRET.replace('k', "K").as_bytes())]);
    let [own, other] = &*OWN;
    let token = own.with_header(header, payload);
    let cut = |text: &str| text.rsplit_once('.').map_or_else(String::new, |(signed, _)| signed.to_owned());
    match bend {
        Some(0) => other.with_header(header, payload),
        Some(1) => cut(&token),
        Some(2) => format!("{}.", cut(&token)),
        Some(3) => format!("{token}="),
        Some(4) => format!("{token}.x"),
        Some(5) => format!(" {token}"),
        Some(6) => format!("{token}\n"),
        Some(7) => own.segments(&format!("{}=", base64url(header)), &base64url(payload)),
        Some(8) => own.segments(&base64url(header), &format!("{}==", base64url(payload))),
        Some(9) => own.bytes(header.as_bytes(), &[payload.as_bytes(), b"\xff"].concat()),
        Some(10) => own.bytes(header.as_bytes(), &payload.replace("42", "\u{0}").into_bytes()),
        Some(11) => token.replace('-', "+").replace('_', "/"),
        // One bit of the last letter's unused ones.
        Some(12) => {
            let last = token.chars().next_back().unwrap_or('A');
            let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let next = alphabet.find(last).map_or("A", |at| &alphabet[at ^ 1..=at ^ 1]);
            format!("{}{next}", &token[..token.len() - 1])
        }
        Some(_) => token.replacen('.', "..", 1),
        None => token,
    }
}
