//! Password hashes that other programs made, at a login and on their own.

use jwt_auth::password::{HashFormat, PasswordError, PasswordHasher};
use jwt_auth::settings::Settings;
use jwt_auth::store::MemoryStore;
use jwt_auth::user::MemoryUsers;
use jwt_auth::{AuthError, Client, JwtAuth, NewUser, Secret, SqlUserStore, User};
use jwt_auth_tests::scratch::Scratch;
use jwt_auth_tests::{Account, KEY, logged};
use serde_json::Value;
use std::path::Path;

const IMPORTED: [HashFormat; 3] = [HashFormat::McfBcrypt, HashFormat::PhcScrypt, HashFormat::PhcPbkdf2];

/// Of `test`, by bcryptjs.
const BCRYPT: &str = "$2b$06$Af2gsKIkjnGzb2/sxw77XORXTZ7FRpgljTiC5Z.XtnB99WE8NmNsy";

/// Of `test`, by Node.
const SCRYPT: &str = "$scrypt$ln=10,r=8,p=1$3R+tfmZQcU37pepg6t56rg$zAuVYkdVRz+/w4WC7pE32w3/lQnExsou8ggJBYIK2dA";

struct Vector {
    by: String,
    format: HashFormat,
    password: String,
    hash: String,
}

fn vectors() -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/passwords/imported.json");
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).expect("the file")).expect("JSON");
    let text = |row: &Value, name: &str| row[name].as_str().expect("text").to_owned();
    let vector = |row: &Value| Vector {
        by: text(row, "by"),
        format: text(row, "format").parse().expect("a format"),
        password: text(row, "text").repeat(row["times"].as_u64().expect("a number") as usize),
        hash: text(row, "hash"),
    };
    rows.iter().map(vector).collect()
}

#[test]
fn what_other_programs_wrote_fits_its_password_and_no_other() {
    let vectors = vectors();
    for format in IMPORTED {
        assert!(vectors.iter().filter(|vector| vector.format == format).count() >= 8, "{format}");
    }
    for Vector { by, format, password, hash } in &vectors {
        let reader = PasswordHasher::default().reading(&[*format]);
        assert!(reader.verify(&password.as_str().into(), Some(hash)), "{by}: {hash}");
        for wrong in [format!("{password} "), password[1..].chars().collect(), String::new()] {
            assert!(!reader.verify(&wrong.as_str().into(), Some(hash)), "{by}: {hash}");
        }
        assert!(reader.must_update(hash), "new hashes are written in another format");
        // Formats count only when they are listed.
        for other in HashFormat::ALL.iter().filter(|other| *other != format) {
            let reader = PasswordHasher::argon2id(8, 1, 1).expect("parameters").reading(&[*other]);
            assert!(!reader.verify(&password.as_str().into(), Some(hash)), "{other} is listed and {hash} is read");
        }
    }
}

#[test]
fn what_is_written_can_be_read_and_need_not_be_written_again() {
    for (format, beginning) in [
        (HashFormat::McfBcrypt, "$2b$12$"),
        (HashFormat::PhcScrypt, "$scrypt$ln=14,r=8,p=5$"),
        (HashFormat::PhcPbkdf2, "$pbkdf2-sha256$i=600000$"),
    ] {
        let hasher = PasswordHasher::writing(format);
        let hash = hasher.hash("pässwörd ☃ ").expect("a hash");
        assert!(hash.starts_with(beginning), "{hash}");
        assert_ne!(hash, hasher.hash("pässwörd ☃ ").expect("a hash"), "each has a salt of its own");
        assert!(hasher.verify(&"pässwörd ☃ ".into(), Some(&hash)));
        assert!(!hasher.verify(&"pässwörd ☃".into(), Some(&hash)) && !hasher.must_update(&hash));
        let longest = if format == HashFormat::McfBcrypt { 72 } else { PasswordHasher::MAX_CHECKED };
        assert_eq!(hasher.hash("x".repeat(longest + 1)), Err(PasswordError::TooLong));
    }
    for Vector { format, hash, .. } in vectors() {
        let is_ours = hash.starts_with("$2a$12$");
        assert_eq!(PasswordHasher::writing(format).must_update(&hash), !is_ours, "cheaper than new ones: {hash}");
    }
    // A wrong password is as dear as with a new hash, and wrong all the same.
    let pbkdf2 = "$pbkdf2-sha256$1000$W0tpLeX8H4Pw3vu/N6Y0pg$HhboguPyxnKWawFW1nU/1.J6Nl2336e6pKPmtQfWuIs";
    for (format, hash) in
        [(HashFormat::McfBcrypt, BCRYPT), (HashFormat::PhcScrypt, SCRYPT), (HashFormat::PhcPbkdf2, pbkdf2)]
    {
        let hasher = PasswordHasher::writing(format);
        assert!(hasher.verify(&"test".into(), Some(hash)) && !hasher.verify(&"tset".into(), Some(hash)), "{format}");
    }
}

/// bcrypt looks at 72 bytes; the programs whose hashes these are cut what is longer.
#[test]
fn no_password_is_cut() {
    let hasher = PasswordHasher::writing(HashFormat::McfBcrypt);
    let hash = hasher.hash("x".repeat(72)).expect("a hash");
    assert!(hasher.verify(&"x".repeat(72).as_str().into(), Some(&hash)));
    assert!(!hasher.verify(&"x".repeat(73).as_str().into(), Some(&hash)));
}

#[test]
fn what_is_damaged_or_costs_too_much_fits_nothing() {
    let (salt, hash) = ("3R+tfmZQcU37pepg6t56rg", "zAuVYkdVRz+/w4WC7pE32w3/lQnExsou8ggJBYIK2dA");
    let mut wrong: Vec<String> =
        ["$", "$$$$", "$scrypt$", "$pbkdf2$", "$2b$", "$2b$12$", "$2y$04$é"].map(str::to_owned).into();
    for params in [
        "",
        "ln=10",
        "ln=10,r=8",
        "r=8,p=1",
        "ln=10,r=8,p=1,p=1",
        "ln=10,n=1024,r=8,p=1",
        "n=1000,r=8,p=1",
        "ln=10,r=8,p=1,x=1",
        "ln=+10,r=8,p=1",
        "ln=010,r=8,p=1",
        "ln=0,r=8,p=1",
        "ln=10,r=0,p=1",
        "ln=10,r=8,p=0",
        "ln=31,r=8,p=1",
        "ln=32,r=8,p=1",
        "ln=64,r=8,p=1",
        "ln=4294967295,r=1,p=1",
        "ln=18,r=16,p=1",
        "ln=1,r=1,p=4194304",
        "ln=1,r=1048576,p=4",
        // Of 32 bits the product of these has more.
        "ln=1,r=8,p=544444444",
        "ln=20,r=8,p=100",
    ] {
        wrong.push(format!("$scrypt${params}${salt}${hash}"));
    }
    for params in [
        "",
        "0",
        "i=0",
        "i=",
        "i=+1",
        "i=01",
        "1_000",
        "10000001",
        "i=10000001",
        "i=4294967296",
        "l=32",
        "i=1,l=31",
        "i=1,i=1",
        "i=1,x=1",
    ] {
        wrong.push(format!("$pbkdf2-sha256${params}${salt}${hash}"));
    }
    for id in ["pbkdf2-sha224", "pbkdf2-md5", "PBKDF2-SHA256", "pbkdf2_sha256", "scrypt2"] {
        wrong.push(format!("${id}$1000${salt}${hash}"));
    }
    for (salt, hash) in
        [("", hash), (salt, ""), (salt, "AAAA"), (salt, "zAu!"), ("!", hash), (salt, "zAuVYkdVRz+/w4WC7pE3$")]
    {
        wrong.push(format!("$scrypt$ln=10,r=8,p=1${salt}${hash}"));
        wrong.push(format!("$pbkdf2-sha256$1000${salt}${hash}"));
    }
    wrong.push(format!("$scrypt$ln=10,r=8,p=1${salt}${hash}$"));
    wrong.push(format!("$scrypt$ln=10,r=8,p=1${salt}"));
    let blowfish = &BCRYPT[7..];
    for head in
        ["$2$06$", "$2x$06$", "$2c$06$", "$2b$6$", "$2b$03$", "$2b$17$", "$2b$31$", "$2b$+6$", "2b$06$", "$2b$06"]
    {
        wrong.push(format!("{head}{blowfish}"));
    }
    wrong.push(BCRYPT[..BCRYPT.len() - 1].to_owned());
    wrong.push(format!("{BCRYPT}a"));
    wrong.push(format!("{BCRYPT}\n"));
    let reader = PasswordHasher::argon2id(8, 1, 1).expect("parameters").reading(&IMPORTED);
    for stored in wrong {
        assert!(!reader.verify(&"test".into(), Some(&stored)), "{stored}");
        assert!(!PasswordHasher::writing(HashFormat::McfBcrypt).must_update(&stored), "{stored}");
    }
    // In whatever order, and padded, as PowerDNS writes it.
    let odd = format!("$scrypt$ln=10,p=1,r=8${salt}==${hash}=");
    assert!(reader.verify(&"test".into(), Some(&odd)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_with_a_listed_format_renews_the_hash() {
    let scratch = Scratch::new("imported");
    for hash in [BCRYPT, SCRYPT] {
        let users = SqlUserStore::connect(&scratch.next_database()).await.expect("a database");
        users.migrate().await.expect("a table").create_user(NewUser::new("ada", hash)).await.expect("a user");
        let listed = vec![HashFormat::Argon2id, HashFormat::McfBcrypt, HashFormat::PhcScrypt];
        let settings = Settings { password_hashers: listed, ..Settings::new(KEY) };
        let auth =
            JwtAuth::builder(settings).users(users.clone()).store(MemoryStore::new()).start().await.expect("a start");
        auth.obtain("ada", "test".into(), Client::default()).await.expect("the right password");
        let renewed =
            users.find("ada").await.expect("an answer").expect("the user").identity().password_hash.to_owned();
        assert!(renewed.starts_with("$argon2id$"), "{renewed}");
        auth.obtain("ada", "test".into(), Client::default()).await.expect("the renewed hash");
        assert!(auth.obtain("ada", "tset".into(), Client::default()).await.is_err());
    }
}

/// A whole table in one format that is not listed would let nobody log in.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_of_an_unlisted_format_stops_the_start() {
    let scratch = Scratch::new("unlisted");
    for (hash, format) in [(BCRYPT, "mcf_bcrypt"), (SCRYPT, "phc_scrypt"), ("$pbkdf2$1000$c2FsdA$aaaa", "phc_pbkdf2")] {
        let users = SqlUserStore::connect(&scratch.next_database()).await.expect("a database");
        users.migrate().await.expect("a table").create_user(NewUser::new("ada", hash)).await.expect("a user");
        let started = JwtAuth::builder(Settings::new(KEY)).users(users).store(MemoryStore::new()).start().await;
        let fault = started.expect_err("a fault").to_string();
        assert!(fault.contains("password_hashers") && fault.contains(&format!("\"{format}\"")), "{fault}");
    }
}

#[test]
fn a_row_that_cannot_be_read_is_told_of_once_with_format_user_and_setting() {
    let sha512 = "$6$rounds=5000$saltsalt$abcdefghijklmnopqrstuvwxyz";
    let cut = &BCRYPT[..50];
    for (stored, listed, format, remedy) in [
        (BCRYPT, &[HashFormat::Argon2id][..], "mcf_bcrypt", r#"add "mcf_bcrypt""#),
        (BCRYPT, &[HashFormat::Argon2id, HashFormat::Bcrypt], "mcf_bcrypt", r#"add "mcf_bcrypt""#),
        ("bcrypt$$2b$04$abcdefghijklmnopqrstuuoD8yw7MmybLKVooaTGGZAt3HXugv2.a", &IMPORTED, "bcrypt", r#"add "bcrypt""#),
        ("$scrypt$ln=31,r=8,p=1$c2FsdA$aaaa", &IMPORTED, "phc_scrypt", "more work"),
        (cut, &IMPORTED, "mcf_bcrypt", "cut off"),
        ("$argon2id$v=19$m=8", &[HashFormat::Argon2id], "argon2id", "damaged"),
        (sha512, &[HashFormat::Argon2id], "sha512-crypt", "set a new password"),
        ("hunter2-in-the-clear", &[HashFormat::Argon2id], "unknown", "set a new password"),
        ("{bcrypt}$2a$10$abcdefghijklmnopqrstuu", &[HashFormat::Argon2id], "LDAP or Spring", "set a new password"),
    ] {
        let log = logged(async {
            let auth = service(stored, listed).await;
            for _ in 0..3 {
                for password in ["test", "typed-by-mistake", stored] {
                    assert!(matches!(login(&auth, password).await, Err(AuthError::NoActiveAccount)), "{stored}");
                }
            }
        });
        let told: Vec<_> = log.lines().filter(|line| line.contains("password hash is of a format")).collect();
        assert_eq!(told.len(), 1, "{stored}: {log}");
        assert!(
            told[0].starts_with("WARN ") && told[0].contains("user=\"41\"") && told[0].contains("password_hashers"),
            "{log}"
        );
        assert!(told[0].contains(format) && told[0].contains(remedy), "{log}");
        assert!(!log.contains("typed-by-mistake") && !log.contains(stored), "{log}");
    }
}

#[test]
fn a_row_that_can_be_read_or_stands_for_no_password_is_not_told_of() {
    let argon2 = jwt_auth_tests::hasher().hash("test").expect("a hash");
    for stored in [&*argon2, BCRYPT, "!", "!abcdefgh", "*", ""] {
        let log = logged(async {
            let auth = service(stored, &[HashFormat::Argon2id, HashFormat::McfBcrypt]).await;
            assert!(login(&auth, "wrong").await.is_err());
        });
        assert!(!log.contains("password hash is of a format"), "{log}");
    }
}

async fn login(auth: &JwtAuth<Account>, password: &str) -> Result<(), AuthError> {
    auth.obtain("ada", Secret::new(password), Client::default()).await.map(drop)
}

async fn service(hash: &str, listed: &[HashFormat]) -> JwtAuth<Account> {
    let users = MemoryUsers::new(|user: &Account| &user.username);
    users.put(Account {
        id: 41,
        username: "ada".to_owned(),
        password_hash: hash.to_owned(),
        is_active: true,
        is_staff: false,
        permissions: Vec::new(),
    });
    // It tries many passwords in a row.
    let settings = Settings { password_hashers: listed.to_vec(), login_throttle: false, ..Settings::new(KEY) };
    JwtAuth::builder(settings).users(users).store(MemoryStore::new()).start().await.expect("a start")
}
