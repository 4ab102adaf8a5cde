//! Password hashes of every format: what Django 5.2.19 wrote is read, and what is written is what Django would write.

use jwt_auth::Secret;
use jwt_auth::password::{HashFormat, PasswordError, PasswordHasher, UnknownHashFormat};

/// Reads every format; its own hashes cost next to nothing.
fn reader() -> PasswordHasher {
    PasswordHasher::argon2id(8, 1, 1).expect("parameters").reading(HashFormat::ALL)
}

fn fits(password: &str, stored: &str) -> bool {
    reader().verify(&password.into(), Some(stored))
}

/// Each password fits its own hash and not the next one.
fn check(format: HashFormat, vectors: &[(&str, usize, &str)]) {
    let writer = PasswordHasher::writing(format);
    for (index, (text, times, stored)) in vectors.iter().enumerate() {
        let password = text.repeat(*times);
        assert!(stored.starts_with(format.name()), "{stored}");
        assert!(fits(&password, stored), "{stored}");
        assert!(!writer.must_update(stored), "{stored}");
        assert!(reader().must_update(stored), "another format: {stored}");
        if index == 0 {
            assert!(!fits(vectors[1].0, stored), "{stored}");
        }
    }
}

/// What is written has Django's parameters, fits its password, and need not be written again.
fn check_written(format: HashFormat, pattern: &str, length: usize) {
    let hasher = PasswordHasher::writing(format);
    let hash = hasher.hash("pässwörd ☃ ").expect("a hash");
    assert!(hash.starts_with(pattern), "{hash}");
    assert_eq!(hash.len(), length, "{hash}");
    assert!(hash.len() <= 128, "Django's column takes no more");
    assert!(fits("pässwörd ☃ ", &hash));
    assert!(!fits("pässwörd ☃", &hash));
    assert!(!hasher.must_update(&hash));
    let longest = if format == HashFormat::Bcrypt { 72 } else { PasswordHasher::MAX_CHECKED };
    assert_eq!(hasher.hash("x".repeat(longest + 1)), Err(PasswordError::TooLong));
    let hash = hasher.hash("x".repeat(longest)).expect("a hash");
    assert!(fits(&"x".repeat(longest), &hash));
    assert!(!fits(&"x".repeat(longest + 1), &hash));
}

#[test]
fn pbkdf2_sha256() {
    check(HashFormat::Pbkdf2Sha256, PBKDF2_SHA256);
    assert!(fits("test", "pbkdf2_sha256$1000$abcdefghijkl$YMjixy3zMFXecEu/dkLFspKfe36lIPkZJp5hoOA2Sys="));
    assert!(fits("test", "pbkdf2_sha256$1$séløt$6LFDpOSeFmlJ5ygEI7wF2qaNM0LqdRW0SvBgRCH+LtU="));
    check_written(HashFormat::Pbkdf2Sha256, "pbkdf2_sha256$1000000$", 89);
}

#[test]
fn pbkdf2_sha1() {
    check(HashFormat::Pbkdf2Sha1, PBKDF2_SHA1);
    assert!(fits("test", "pbkdf2_sha1$1000$abcdefghijkl$HG3ROT4z1pfTIjNAFXvhWLGEGwQ="));
    check_written(HashFormat::Pbkdf2Sha1, "pbkdf2_sha1$1000000$", 71);
}

#[test]
fn argon2() {
    check(HashFormat::DjangoArgon2, ARGON2);
    for stored in [
        "argon2$argon2i$v=19$m=64,t=2,p=2$c29tZXNhbHQ$7lXYNROMtwdrrS01PKPBqfBEyHzdeTgd942+hlXbMJo",
        "argon2$argon2i$v=16$m=64,t=2,p=2$c29tZXNhbHQ$/yMNv23pNKYbkWqE3Shniw",
        // What was computed before versions had a name does not say so.
        "argon2$argon2i$m=64,t=2,p=2$c29tZXNhbHQ$/yMNv23pNKYbkWqE3Shniw",
        "argon2$argon2id$v=19$m=64,t=2,p=2$c29tZXNhbHQ$bILxi+dBBiH1RXeHKGO8KQglrCTdfHNDNDUgqVAnBUo",
        "argon2$argon2id$v=16$m=64,t=2,p=2$c29tZXNhbHQ$KaEpPsyokwyP05NDVa66xQ",
    ] {
        assert!(fits("pässwörd", stored), "{stored}");
        assert!(!fits("passwörd", stored), "{stored}");
        let plain = stored.strip_prefix("argon2").expect("Django's spelling");
        assert!(fits("pässwörd", plain), "{plain}");
    }
    check_written(HashFormat::DjangoArgon2, "argon2$argon2id$v=19$m=102400,t=2,p=8$", 112);
}

#[test]
fn bcrypt_sha256() {
    check(HashFormat::BcryptSha256, BCRYPT_SHA256);
    for letter in ["a", "b", "x", "y"] {
        let rest = "04$abcdefghijklmnopqrstuuqXYpzrHdq/GQDRDZpcNTxdbndpFhZlW";
        assert!(fits("pässwörd", &format!("bcrypt_sha256$$2{letter}${rest}")));
    }
    check_written(HashFormat::BcryptSha256, "bcrypt_sha256$$2b$12$", 74);
}

#[test]
fn bcrypt() {
    check(HashFormat::Bcrypt, BCRYPT);
    for letter in ["a", "b", "x", "y"] {
        let rest = "04$abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC";
        assert!(fits("pässwörd", &format!("bcrypt$$2{letter}${rest}")));
        assert!(!fits("passwörd", &format!("bcrypt$$2{letter}${rest}")));
        assert!(!fits("pässwörd", &format!("bcrypt_sha256$$2{letter}${rest}")), "the other input");
    }
    assert!(fits("a\0b", "bcrypt$$2b$04$abcdefghijklmnopqrstuusjHI0zQHpOe3SFDK1IriYv6N79Gzr32"));
    assert!(!fits("a", "bcrypt$$2b$04$abcdefghijklmnopqrstuusjHI0zQHpOe3SFDK1IriYv6N79Gzr32"));
    check_written(HashFormat::Bcrypt, "bcrypt$$2b$12$", 67);
}

#[test]
fn scrypt() {
    check(HashFormat::Scrypt, SCRYPT);
    let small = "RM3al5QtzcxK8ibRGzBfsWfuWCeqZAAXGBwF+pdHvaCD+27QRLsoqMH0d6Vw6RtgG4a3DJ4otCbepMDmOUO4Sw==";
    assert!(fits("test", &format!("scrypt$2$seasalt$1$1${small}")));
    let middle = "YXyXz9kBMCuushmvkfVuXaPOEjvU+lL/WBJmVNqFtmZs3ZFesUGyvmn7EFNlN8fg9fFEhd6alceujwot2hD5bw==";
    assert!(fits("test", &format!("scrypt$16$seasalt$4$2${middle}")));
    check_written(HashFormat::Scrypt, "scrypt$16384$", 128);
}

#[test]
fn what_django_cannot_read_or_costs_too_much_fits_nothing() {
    let key = "YMjixy3zMFXecEu/dkLFspKfe36lIPkZJp5hoOA2Sys=";
    let small = "RM3al5QtzcxK8ibRGzBfsWfuWCeqZAAXGBwF+pdHvaCD+27QRLsoqMH0d6Vw6RtgG4a3DJ4otCbepMDmOUO4Sw==";
    let blowfish = "abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC";
    let mut wrong: Vec<String> =
        ["", "!", "!abcdefghijklmnopqrstuvwxyz", "test", "$", "$$$$$", "pbkdf2_sha256", "é$é$é$é"]
            .map(str::to_owned)
            .to_vec();
    for number in ["", "0", "+1000", " 1000", "01000", "1_000", "-1", "10000001", "99999999999999999999", "１０００"]
    {
        wrong.push(format!("pbkdf2_sha256${number}$abcdefghijkl${key}"));
        wrong.push(format!("scrypt${number}$seasalt$1$1${small}"));
        wrong.push(format!("scrypt$2$seasalt${number}$1${small}"));
        wrong.push(format!("scrypt$2$seasalt$1${number}${small}"));
    }
    for other in ["pbkdf2_sha1", "pbkdf2_sha512", "PBKDF2_SHA256", "md5"] {
        wrong.push(format!("{other}$1000$abcdefghijkl${key}"));
    }
    wrong.push(format!("pbkdf2_sha256$1000$${key}"));
    wrong.push(format!("pbkdf2_sha256$1000$abcdefghijkl${}", key.trim_end_matches('=')));
    wrong.push(format!("pbkdf2_sha256$1000$abcdefghijkl${key}\n"));
    wrong.push(format!("pbkdf2_sha256$1000$abcdefghijkl${key}$"));
    wrong.push(format!("scrypt$2$seasalt$1$1${small}$"));
    wrong.push(format!("scrypt$3$seasalt$1$1${small}"));
    wrong.push(format!("scrypt$2$$1$1${small}"));
    // Half a gigabyte and a minute, with the smallest N there is.
    wrong.push(format!("scrypt$2$seasalt$1$4194304${small}"));
    wrong.push(format!("scrypt$2$seasalt$1048576$4${small}"));
    for cost in ["4", "+4", "03", "17", "31", "99"] {
        wrong.push(format!("bcrypt$$2b${cost}${blowfish}"));
    }
    wrong.push(format!("bcrypt$$2c$04${blowfish}"));
    wrong.push(format!("bcrypt$2b$04${blowfish}"));
    wrong.push(format!("$2x$04${blowfish}"));
    // Django's MD5, salted and not, of `test`.
    wrong.push("md5$seasalt$ff7ac8d5dd2a8e4b2ec0e9ad2cd7b4e5".to_owned());
    wrong.push("098f6bcd4621d373cade4e832627b4f6".to_owned());
    // Argon2 without a hash, without a salt, with a lane too many for the memory.
    wrong.push("argon2$argon2id$v=19$m=64,t=2,p=2$c29tZXNhbHQ".to_owned());
    wrong.push("argon2$argon2id$v=19$m=64,t=2,p=2".to_owned());
    wrong.push("argon2$argon2id$v=19$m=8,t=2,p=2$c29tZXNhbHQ$KaEpPsyokwyP05NDVa66xQ".to_owned());
    for stored in wrong {
        for password in ["test", "pässwörd"] {
            assert!(!fits(password, &stored), "{stored:?}");
        }
        for format in HashFormat::ALL {
            assert!(!PasswordHasher::writing(*format).must_update(&stored), "nobody logs in with {stored:?}");
        }
    }
}

#[test]
fn without_a_hash_every_format_says_no() {
    for format in HashFormat::ALL {
        let hasher = PasswordHasher::writing(*format);
        for stored in [None, Some("!")] {
            assert!(!hasher.verify(&Secret::new("x"), stored), "{format}");
        }
    }
}

/// Which formats log in is for the settings to say, and not for the features that some crate in the build turns on.
#[test]
fn a_hasher_reads_what_it_writes_unless_it_is_told_to_read_more() {
    let password: Secret = "test".into();
    for format in HashFormat::ALL {
        let hash = if *format == HashFormat::Argon2id {
            PasswordHasher::argon2id(8, 1, 1).and_then(|hasher| hasher.hash("test")).expect("a hash")
        } else {
            PasswordHasher::writing(*format).hash("test").expect("a hash")
        };
        let reads = |hasher: &PasswordHasher| hasher.verify(&password, Some(&hash));
        assert!(reads(&PasswordHasher::writing(*format)), "{format}");
        assert!(reads(&PasswordHasher::default().reading(&[*format])), "{format}");
        assert_eq!(reads(&PasswordHasher::default()), *format == HashFormat::Argon2id, "{format}");
    }
}

/// A wrong password is made as expensive as with a new hash; the answers are the same.
#[test]
fn cheap_hashes_of_the_format_that_is_written_are_checked_too() {
    for (format, stored) in [
        (HashFormat::Pbkdf2Sha256, "pbkdf2_sha256$1000$abcdefghijkl$YMjixy3zMFXecEu/dkLFspKfe36lIPkZJp5hoOA2Sys="),
        (HashFormat::Pbkdf2Sha1, "pbkdf2_sha1$1000$abcdefghijkl$HG3ROT4z1pfTIjNAFXvhWLGEGwQ="),
        (HashFormat::Bcrypt, "bcrypt$$2b$04$abcdefghijklmnopqrstuuoD8yw7MmybLKVooaTGGZAt3HXugv2.a"),
        (HashFormat::Bcrypt, "bcrypt$$2b$13$abcdefghijklmnopqrstuuLtN4I0KfZINZRqZNXXg2VNAFAoMExfa"),
        (HashFormat::BcryptSha256, "bcrypt_sha256$$2b$04$abcdefghijklmnopqrstuuvc9njx87wgC6hFQ300rD06PX0v7z.RW"),
    ] {
        let hasher = PasswordHasher::writing(format);
        assert!(hasher.verify(&"test".into(), Some(stored)), "{stored}");
        assert!(!hasher.verify(&"tset".into(), Some(stored)), "{stored}");
        assert!(hasher.must_update(stored), "{stored}");
    }
}

#[test]
fn cheaper_and_dearer_hashes_are_to_be_replaced() {
    let sha256 = "YMjixy3zMFXecEu/dkLFspKfe36lIPkZJp5hoOA2Sys=";
    let sha1 = "HG3ROT4z1pfTIjNAFXvhWLGEGwQ=";
    let blowfish = "abcdefghijklmnopqrstuuyx2n0Zzopyr9QuYTMCfOJJOj526QVoC";
    let scrypt = "RM3al5QtzcxK8ibRGzBfsWfuWCeqZAAXGBwF+pdHvaCD+27QRLsoqMH0d6Vw6RtgG4a3DJ4otCbepMDmOUO4Sw==";
    let salt = "abcdefghijklmnopqrstuv";
    let (argon_salt, argon) = ("YWJjZGVmZ2hpamtsbW5vcHFyc3R1dg", "bILxi+dBBiH1RXeHKGO8KQglrCTdfHNDNDUgqVAnBUo");
    for (expected, format, stored) in [
        (false, HashFormat::Pbkdf2Sha256, format!("pbkdf2_sha256$1000000${salt}${sha256}")),
        (true, HashFormat::Pbkdf2Sha256, format!("pbkdf2_sha256$999999${salt}${sha256}")),
        (true, HashFormat::Pbkdf2Sha256, format!("pbkdf2_sha256$1000001${salt}${sha256}")),
        (true, HashFormat::Pbkdf2Sha256, format!("pbkdf2_sha256$1000000${}${sha256}", &salt[1..])),
        (true, HashFormat::Pbkdf2Sha256, format!("pbkdf2_sha1$1000000${salt}${sha1}")),
        (false, HashFormat::Pbkdf2Sha1, format!("pbkdf2_sha1$1000000${salt}${sha1}")),
        (true, HashFormat::Pbkdf2Sha1, format!("pbkdf2_sha256$1000000${salt}${sha256}")),
        (false, HashFormat::Bcrypt, format!("bcrypt$$2b$12${blowfish}")),
        (false, HashFormat::Bcrypt, format!("bcrypt$$2a$12${blowfish}")),
        (true, HashFormat::Bcrypt, format!("bcrypt$$2b$11${blowfish}")),
        (true, HashFormat::Bcrypt, format!("bcrypt$$2b$13${blowfish}")),
        (true, HashFormat::Bcrypt, format!("bcrypt_sha256$$2b$12${blowfish}")),
        (false, HashFormat::BcryptSha256, format!("bcrypt_sha256$$2b$12${blowfish}")),
        (true, HashFormat::BcryptSha256, format!("bcrypt_sha256$$2b$04${blowfish}")),
        (false, HashFormat::Scrypt, format!("scrypt$16384$s$8$5${scrypt}")),
        (true, HashFormat::Scrypt, format!("scrypt$8192$s$8$5${scrypt}")),
        (true, HashFormat::Scrypt, format!("scrypt$16384$s$4$5${scrypt}")),
        (true, HashFormat::Scrypt, format!("scrypt$16384$s$8$1${scrypt}")),
        (false, HashFormat::DjangoArgon2, format!("argon2$argon2id$v=19$m=102400,t=2,p=8${argon_salt}${argon}")),
        (true, HashFormat::DjangoArgon2, format!("argon2$argon2id$v=19$m=102401,t=2,p=8${argon_salt}${argon}")),
        (true, HashFormat::DjangoArgon2, format!("argon2$argon2id$v=19$m=102400,t=1,p=8${argon_salt}${argon}")),
        (true, HashFormat::DjangoArgon2, format!("argon2$argon2id$v=19$m=102400,t=2,p=4${argon_salt}${argon}")),
        (true, HashFormat::DjangoArgon2, format!("argon2$argon2id$v=16$m=102400,t=2,p=8${argon_salt}${argon}")),
        (true, HashFormat::DjangoArgon2, format!("argon2$argon2i$v=19$m=102400,t=2,p=8${argon_salt}${argon}")),
        (true, HashFormat::DjangoArgon2, format!("argon2$argon2id$v=19$m=102400,t=2,p=8$c29tZXNhbHQ${argon}")),
        (true, HashFormat::DjangoArgon2, format!("$argon2id$v=19$m=102400,t=2,p=8${argon_salt}${argon}")),
        (false, HashFormat::Argon2id, format!("$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ${argon}")),
        (true, HashFormat::Argon2id, format!("$argon2id$v=19$m=19456,t=3,p=1$c29tZXNhbHQ${argon}")),
        (true, HashFormat::Argon2id, format!("argon2$argon2id$v=19$m=19456,t=2,p=1${argon_salt}${argon}")),
    ] {
        assert_eq!(PasswordHasher::writing(format).must_update(&stored), expected, "{format} {stored}");
    }
}

#[test]
fn formats_have_names_and_the_classes_of_django() {
    for format in HashFormat::ALL {
        assert_eq!(format.name().parse(), Ok(*format));
        assert_eq!(format.to_string(), format.name());
    }
    for (class, format) in [
        ("PBKDF2PasswordHasher", HashFormat::Pbkdf2Sha256),
        ("PBKDF2SHA1PasswordHasher", HashFormat::Pbkdf2Sha1),
        ("Argon2PasswordHasher", HashFormat::DjangoArgon2),
        ("BCryptSHA256PasswordHasher", HashFormat::BcryptSha256),
        ("BCryptPasswordHasher", HashFormat::Bcrypt),
        ("ScryptPasswordHasher", HashFormat::Scrypt),
    ] {
        assert_eq!(format!("django.contrib.auth.hashers.{class}").parse(), Ok(format));
        assert_eq!(class.parse::<HashFormat>(), Err(UnknownHashFormat));
    }
    for unknown in
        ["", "md5", "django.contrib.auth.hashers.MD5PasswordHasher", "django.contrib.auth.hashers.", "Argon2id"]
    {
        assert_eq!(unknown.parse::<HashFormat>(), Err(UnknownHashFormat));
    }
    assert_eq!(
        UnknownHashFormat.to_string(),
        "no such password hash format; there are: argon2id argon2 pbkdf2_sha256 pbkdf2_sha1 bcrypt_sha256 bcrypt scrypt \
         mcf_bcrypt phc_scrypt phc_pbkdf2"
    );
}

/// Nothing of a password or a hash is in what is printed.
#[test]
fn a_hasher_shows_its_parameters_only() {
    let shown = format!("{:?}", PasswordHasher::writing(HashFormat::Pbkdf2Sha256));
    assert!(shown.starts_with("PasswordHasher { format: Pbkdf2Sha256"), "{shown}");
}

// What Django 5.2.19 made of each text, so often repeated, with argon2-cffi 25.1.0 and bcrypt 5.0.0.

const PBKDF2_SHA256: &[(&str, usize, &str)] = &[
    ("", 1, "pbkdf2_sha256$1000000$NSzQeUKd3IBGcwvn0TE2iz$RtPikrdp8TjGz1O1xIlSZzaWR4fCJSXNu7UI7/cvKfE="),
    ("test", 1, "pbkdf2_sha256$1000000$DYKpegRQ0ZDRYzi0cyxw5n$gQbrxlkPuR1aXFwdqCVfnbNRri5NvQl71ttUbYaVJtQ="),
    (
        " leading and trailing ",
        1,
        "pbkdf2_sha256$1000000$xME5cVwYrbPCRarw3CF4ru$RUdXiPE4vKtH8vnU+3s5xGxeSWaG5/zYxOCJOPR13ro=",
    ),
    (
        "pässwörd ☃ 日本語",
        1,
        "pbkdf2_sha256$1000000$pQWYfGW9kibxsSPuRewqxt$pANmL6DBqbAdW9VEksLLzHp/4y0UoFguI32WUXTD/pE=",
    ),
    ("x", 72, "pbkdf2_sha256$1000000$J2wR0YmWUPUmU0Ya9tB1LT$XJV+xzzv4CU4khzFfSGYXDxsIJvaNS45IZ2BcOxZfx4="),
    ("y", 4096, "pbkdf2_sha256$1000000$tplj7WMHgvEjDAJs7XbhE8$H4sV9gHKIjrO3BTRHEXLTO7lCeCzH//8ebItsDLkOLQ="),
];

const PBKDF2_SHA1: &[(&str, usize, &str)] = &[
    ("", 1, "pbkdf2_sha1$1000000$CtY52ibbGA041vZ2bidyku$zFcJsHdk9eOtuBuCmwvYPoFByrY="),
    ("test", 1, "pbkdf2_sha1$1000000$KKlE3OnymM9ViaISnjbLxJ$m3R1QR2MzSua9WYHCqgPL0HlfSI="),
    (" leading and trailing ", 1, "pbkdf2_sha1$1000000$eb6GWWmXtYWd1TZIDMI1Oe$D8SwtBslrZm2+d54cf1mlwpJqPs="),
    ("pässwörd ☃ 日本語", 1, "pbkdf2_sha1$1000000$X9SZCAvqYgPPMPIIRgzFQm$zvk4/BlV9U918QRfaRCVwad+IPw="),
    ("x", 72, "pbkdf2_sha1$1000000$sI5aay3yk6AqzOnTid7LYy$06tSshI0IPzlOJj4uhFSelt9WEw="),
    ("y", 4096, "pbkdf2_sha1$1000000$7wap8qbBi5jSi0vmsEU3ep$5xKOm1qCHE3poHYawTEA5Xwa/N4="),
];

const ARGON2: &[(&str, usize, &str)] = &[
    (
        "",
        1,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$eUhhdHZqM1pGWWJKRENlZ0hmZmltdA$XxbJExqxDompKj16EOmhbj2pmTOB32NdKpKrv/otk10",
    ),
    (
        "test",
        1,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$amVNbWhra2xoTG9zWWxEYUNGZHk0cA$mtXJqTB5svrTXpcG8Rke2lCfBFy1zoFyO+siMivWZIc",
    ),
    (
        " leading and trailing ",
        1,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$anY5NXlTbVBCSFRQeFNXcHJ6UFQwMg$vIgM0OhzjTRRavWVrxwNqAdeJv1F+cjmiJrchsfZK8Q",
    ),
    (
        "pässwörd ☃ 日本語",
        1,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$dWZHOEFGOEd6ZXlNckNSWUhMeTl3OQ$+Lad6IFcMjbDRut9wdjtpfRCQXjbBBLSIiRX7tMgvH0",
    ),
    (
        "x",
        72,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$cmxBMGRpY1F1aHRaamQ0QU80d1NmWg$rSsP5jIr+CKEhx80dt6nQnKB84mIE7by5vnKuylbQ78",
    ),
    (
        "y",
        4096,
        "argon2$argon2id$v=19$m=102400,t=2,p=8$T2pLTWZQVm41MWRrcmN3U2pET1ZDNA$LGEowBGNtsQRV4SKFAz8YgfjLXcG76GEC+bKuj+36rI",
    ),
];

const BCRYPT_SHA256: &[(&str, usize, &str)] = &[
    ("", 1, "bcrypt_sha256$$2b$12$8xJProQg4kj6lUFT2PE7Uu2MfOuga/azX/A2i74pcy7caxijWzLma"),
    ("test", 1, "bcrypt_sha256$$2b$12$joie14NfBfAtLH96usmVv.QQNpKm0vWJmLLfXcab5yPIwE.1LG0pC"),
    (" leading and trailing ", 1, "bcrypt_sha256$$2b$12$Hs06MK37cnjwOPhWDCO0Wukmy1PVeHolweh78xhSkLBiB9pW8WFeK"),
    ("pässwörd ☃ 日本語", 1, "bcrypt_sha256$$2b$12$73A47LUZWR6sQH./jJdMp.axSEJ7dET/KwQst5h9m4VZjdYw9445u"),
    ("x", 72, "bcrypt_sha256$$2b$12$sSvX8dUxIAdq54IjxvOma.iKMN0V7rKKesVwzmx.Y0/ygdFcCdMkC"),
    ("y", 4096, "bcrypt_sha256$$2b$12$7HEYeUfBS/I8zUi.f.L6LuBhBE3Z8F3f15/zPqoDc3eHg1e5n39dm"),
];

const BCRYPT: &[(&str, usize, &str)] = &[
    ("", 1, "bcrypt$$2b$12$SvQ2AXg8VieBgd4F9j71puNL/QVIIHa.OBxMsPg.3MpHkTUJUtM0C"),
    ("test", 1, "bcrypt$$2b$12$IJ2nhdd8gcmhtJhOlbBEvu1bQbBW.yWOdccGk5aE1fsYCpHlrfs9O"),
    (" leading and trailing ", 1, "bcrypt$$2b$12$J/4I/DOmAOynNBbEB4.JO.qtXu/oIrWArh7sGCj34IYjdlGZ/gP2m"),
    ("pässwörd ☃ 日本語", 1, "bcrypt$$2b$12$an51s9j.VPcnqaxqvYKioORPJiAqvPUFFbLFqvoIDLPuBDR3Q9DS2"),
    ("x", 72, "bcrypt$$2b$12$to8cazb1PEhUC2srwquWlOmBFG89Xc3pPptxOY2xurURB5qyCdYeC"),
];

const SCRYPT: &[(&str, usize, &str)] = &[
    (
        "",
        1,
        "scrypt$16384$h0hMVklFjGqJDfyQ9GITVX$8$5$oDoSmYS0gElvOFKN+ZPVyyAlgE9a7Wzv+YWSLEfkzIE6UMZMhMo1dFx5jRd9T/hwXhH/uEFSUFCyqsuuESvAmg==",
    ),
    (
        "test",
        1,
        "scrypt$16384$dqjl1WoqEESJ0HVNTN4U0r$8$5$MaQ8B+M+M57uTDawSxd+UYZqOt+WQE8/ubG1JWuxSjSJePu+f+XbMwyXyxGqXmCUkbt1HkIKQhQCjQp9JzHV+g==",
    ),
    (
        " leading and trailing ",
        1,
        "scrypt$16384$28AWbcyla57abuOQhfNCTo$8$5$I7e1qxQ16UckS65uK5O/iuGnlEGPp//Wl2TsulBBRvFHVENM98SdFIjscRFFV+0VWwQbCfcrunj93/tmDa6z5w==",
    ),
    (
        "pässwörd ☃ 日本語",
        1,
        "scrypt$16384$5ySWRHeUv0amTc7Qqym5Xv$8$5$0hgoVe1lZ6//wFpPE0/G/4lXRHcXAYRXieOUFijolwPs/DKqyQ0x+ZyX6V686c/PLG9tfAyFkR7SOTtk6VHsFw==",
    ),
    (
        "x",
        72,
        "scrypt$16384$rGbg6oxV2r5tSmFYLrUqIN$8$5$mF2VU2L9St81kDFsYr80m4URIm3sURPCJ0MBepw2W96IyFiNeeXe+EJFmULdZ5OnaCQMIdX2P2Oo+ynr68HKRg==",
    ),
    (
        "y",
        4096,
        "scrypt$16384$MKaeNhw5JXBbPcJgT7z3KL$8$5$NJo7x26E03L/nYzFBWeN+/dymSgUb5XajeZLRqLmE57IT8f8Dorq2+smrxDWuHfZzmRMkPXQZmNMhmtYjoCCrA==",
    ),
];
