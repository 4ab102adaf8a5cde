//! Other keys and other signatures.

use super::FAMILIES;
use super::corpus::Corpus;
use jwt_auth::error::TokenError::*;
use jwt_auth::keys::Algorithm;
use jwt_auth_tests::tokens::{Forge, NOW, base64url, good_payload, pair, payload, pem};

impl Corpus {
    /// HMAC with everything that is public about a key, and with what people choose as secrets.
    pub(crate) fn key_confusion(&mut self) {
        let pair = pair(match self.algorithm {
            Algorithm::HS256 => Algorithm::RS256,
            other => other,
        });
        let pem_text = pem("PUBLIC KEY", &pair.public_info);
        let mut secrets: Vec<Vec<u8>> = vec![
            pem_text.clone().into_bytes(),
            pem_text.trim().as_bytes().to_vec(),
            pem_text.replace('\n', "").into_bytes(),
            pem_text.replace('\n', "\r\n").into_bytes(),
            pem_text.replace('\n', "\\n").into_bytes(),
            format!(" {pem_text}").into_bytes(),
            format!("{pem_text}\n").into_bytes(),
            pem_text.lines().filter(|line| !line.starts_with('-')).collect::<String>().into_bytes(),
            pair.public_info.clone(),
            pair.public_info[pair.public_info.len() - 32..].to_vec(),
            pair.public_info[pair.public_info.len().saturating_sub(65)..].to_vec(),
        ];
        for guess in
            ["", "\0", "secret", "password", "changeme", "your-256-bit-secret", "key", "jwt", "django-insecure-key"]
        {
            secrets.push(guess.as_bytes().to_vec());
        }
        for (index, secret) in secrets.iter().enumerate() {
            let forge = Forge::with_secret(secret);
            let own = self.algorithm;
            for header in [r#"{"alg":"HS256","typ":"JWT"}"#.to_owned(), format!(r#"{{"alg":"{own}","typ":"JWT"}}"#)] {
                let token = forge.with_header(&header, &good_payload());
                self.refuse(format!("secret {index} under {header}"), token, None);
            }
        }
        let own = self.algorithm;
        for other in FAMILIES.into_iter().filter(|other| *other != own) {
            let forge = Forge::new(other);
            self.refuse(format!("signed by {other}"), forge.token(&good_payload()), AlgorithmNotAllowed);
            let header = format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm);
            let token = forge.with_header(&header, &good_payload());
            self.refuse(format!("signed by {other} in disguise"), token, BadSignature);
        }
    }

    pub(crate) fn signatures(&mut self) {
        let header = base64url(format!(r#"{{"alg":"{}","typ":"JWT"}}"#, self.algorithm));
        let body = base64url(good_payload());
        let signed = format!("{header}.{body}");
        let signature = self.forge.signature(signed.as_bytes());
        let size = signature.len();
        let half = size / 2;
        let mut reversed = signature.clone();
        reversed.reverse();
        let mut candidates: Vec<(&str, Vec<u8>)> = vec![
            ("empty", vec![]),
            ("one byte", vec![0]),
            ("zeros", vec![0; size]),
            ("ones", vec![0xff; size]),
            ("zeros, half", vec![0; half]),
            ("ASN.1 zeros", b"\x30\x06\x02\x01\x00\x02\x01\x00".to_vec()),
            ("cut by one", signature[..size - 1].to_vec()),
            ("cut in half", signature[..half].to_vec()),
            ("half zero", [&signature[..half], &vec![0; half]].concat()),
            ("half zero, other side", [&vec![0; half], &signature[half..]].concat()),
            ("swapped halves", [&signature[half..], &signature[..half]].concat()),
            ("with a zero before", [&[0], &signature[..]].concat()),
            ("with a zero after", [&signature[..], &[0]].concat()),
            ("twice", [&signature[..], &signature[..]].concat()),
            ("reversed", reversed),
            ("1024 bytes", vec![7; 1024]),
            ("1026 bytes", vec![7; 1026]),
            ("2000 bytes", vec![7; 2000]),
            ("of another text", self.forge.signature(b"another text")),
            ("of the payload alone", self.forge.signature(body.as_bytes())),
            ("of the header alone", self.forge.signature(header.as_bytes())),
            ("of the decoded payload", self.forge.signature(good_payload().as_bytes())),
        ];
        if self.algorithm == Algorithm::ES256 {
            // The order of P-256: r = n and s = n are as good as zero (CVE-2022-21449).
            let order: Vec<u8> = (0..32)
                .map(|at| {
                    u8::from_str_radix(
                        &"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"[2 * at..2 * at + 2],
                        16,
                    )
                    .expect("hex")
                })
                .collect();
            candidates.push(("r = s = n", [&order[..], &order[..]].concat()));
            candidates.push(("r = n", [&order[..], &signature[32..]].concat()));
            candidates.push(("s = n", [&signature[..32], &order[..]].concat()));
            candidates
                .push(("ASN.1", [&b"\x30\x44\x02\x20"[..], &signature[..32], b"\x02\x20", &signature[32..]].concat()));
        }
        for (name, candidate) in candidates {
            let token = format!("{signed}.{}", base64url(candidate));
            self.refuse(format!("signature {name}"), token, BadSignature);
        }
        for at in 0..size {
            let mut changed = signature.clone();
            changed[at] ^= 1 << (at % 8);
            let token = format!("{signed}.{}", base64url(changed));
            self.refuse(format!("signature with byte {at} changed"), token, BadSignature);
        }
        for (name, body) in [
            ("another user", payload(&[("user_id", Some("\"1\""))])),
            ("a later exp", payload(&[("exp", Some(&(NOW + 299).to_string()))])),
            ("an admin", payload(&[("is_staff", Some("true"))])),
        ] {
            let token = format!("{header}.{}.{}", base64url(body), base64url(&signature));
            self.refuse(format!("signature kept for {name}"), token, BadSignature);
        }
    }
}
