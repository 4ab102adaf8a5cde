//! The token service on two machines that share a PostgreSQL database.

use crate::token_service::{Service, member, seed};
use jwt_auth_tests::postgres::Postgres;
use std::time::{Duration, Instant};

#[test]
fn two_services_behave_as_one() {
    let Some(server) = Postgres::start() else { return };
    let database = server.next_database();
    seed(&database);
    let (here, there) = (Service::on("here", &database), Service::on("there", &database));
    let login = || here.post("/api/token/", r#"{"username":"test","password":"test"}"#).1;
    let tokens = login();
    let (access, refresh) = (member(&tokens, "access"), member(&tokens, "refresh"));
    assert_eq!(there.get("/api/some-protected-route/", Some(&access)).0, 200);
    let sent = format!(r#"{{"refresh":"{refresh}"}}"#);
    let next = member(&there.post("/api/token/refresh/", &sent).1, "refresh");
    assert_eq!(member(&here.post("/api/token/refresh/", &sent).1, "refresh"), next, "a lost answer, at the other one");

    let sent = format!(r#"{{"refresh":"{next}"}}"#);
    assert_eq!(here.post("/api/token/blacklist/", &sent), (200, "{}".to_owned()));
    assert_eq!(there.post("/api/token/refresh/", &sent).0, 401);
    let begun = Instant::now();
    while there.get("/api/stateless-protected-route/", Some(&access)).0 != 401 {
        assert!(begun.elapsed() < Duration::from_secs(20), "the other one never heard of it");
        std::thread::sleep(Duration::from_millis(20));
    }

    let tokens = login();
    server.stop();
    let sent = format!(r#"{{"refresh":"{}"}}"#, member(&tokens, "refresh"));
    let answer = there.raw(&Service::posted("/api/token/refresh/", &sent));
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("\r\nretry-after: "), "{answer}");
    let access = member(&tokens, "access");
    assert_eq!(there.get("/api/stateless-protected-route/", Some(&access)).0, 200, "it asks nobody");
    assert_eq!(there.get("/healthz", None).0, 503);
    server.restart();
    let begun = Instant::now();
    while there.post("/api/token/refresh/", &sent).0 != 200 {
        assert!(begun.elapsed() < Duration::from_secs(20), "it does not come back");
    }
}
