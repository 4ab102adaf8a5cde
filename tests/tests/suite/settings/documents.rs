//! Documents that are the application's own, with a table of ours in them.

use jwt_auth::Settings;
use jwt_auth::settings::{SettingsError, SettingsFault};

const KEY: &str = "RQUGtEJ3jgmHO4bVXS5xWPyGWFQkTGzFhw9yS1eSN1g";

#[test]
fn settings_stand_in_a_table_of_their_own_beside_those_of_the_application() {
    let toml = format!(
        "title = 'shop'\n[server]\nbind = '127.0.0.1:8000'\n[jwt_auth]\nSIGNING_KEY = '{KEY}'\nleeway = '10s'\n\
         [[mail]]\nhost = 'a'\n[mail_queue.retry]\nleeway = 'never'\n"
    );
    let json = format!(
        r#"{{"title": "shop", "server": {{"leeway": 5}}, "jwt_auth": {{"SIGNING_KEY": "{KEY}", "leeway": 10}}}}"#
    );
    for settings in [Settings::from_toml(&toml), Settings::from_json(&json)] {
        assert_eq!(settings.expect("settings").leeway.as_secs(), 10);
    }
    let upper = format!("[JWT_AUTH]\nsigning_key = '{KEY}'\n");
    Settings::from_toml(&upper).expect("settings");
}

#[test]
fn settings_at_the_root_allow_tables_too() {
    let toml = format!("signing_key = '{KEY}'\nleeway = 10\n[server]\nbind = 'x'\n[[mail]]\nhost = 'a'\n");
    let json = format!(r#"{{"signing_key": "{KEY}", "leeway": 10, "server": {{"bind": "x"}}}}"#);
    for settings in [Settings::from_toml(&toml), Settings::from_json(&json)] {
        assert_eq!(settings.expect("settings").leeway.as_secs(), 10);
    }
}

#[test]
fn unknown_names_inside_are_refused_with_a_suggestion() {
    let inside = Settings::from_toml(&format!("[jwt_auth]\nsigning_key = '{KEY}'\nleway = 1\n[server]\nleway = 1"));
    let fault = fault_of(inside, "leway");
    assert!(fault.remedy.contains("`leeway`") && fault.origin == "TOML", "{fault}");
    let root = Settings::from_toml(&format!("signing_key = '{KEY}'\nleway = 1\n[server]\n"));
    assert!(fault_of(root, "leway").remedy.contains("`leeway`"));
    let deeper = Settings::from_toml(&format!("[jwt_auth]\nsigning_key = '{KEY}'\n[jwt_auth.server]\nbind = 'x'"));
    assert!(fault_of(deeper, "server").reason.contains("no such setting"));
}

#[test]
fn a_setting_outside_the_table_is_not_overlooked() {
    for (toml, name) in [
        (format!("refresh_reuse_policy = 'revoke'\n[jwt_auth]\nsigning_key = '{KEY}'"), "refresh_reuse_policy"),
        (format!("signing_key_file = '/run/key'\n[jwt_auth]\nsigning_key = '{KEY}'"), "signing_key_file"),
    ] {
        let fault = fault_of(Settings::from_toml(&toml), name);
        assert!(fault.reason.contains("outside the table `[jwt_auth]`"), "{fault}");
    }
    for table in ["jwt-auth", "jwtauth", "jwt_atuh", "JwtAuth", "simple_jwt", "SIMPLE_JWT"] {
        let fault = fault_of(Settings::from_toml(&format!("[{table}]\nsigning_key = '{KEY}'")), &table.to_lowercase());
        assert!(fault.remedy.contains("`[jwt_auth]`"), "{fault}");
    }
    let table = Settings::from_toml(&format!("signing_key = '{KEY}'\n[audience]\nname = 'shop'"));
    assert!(fault_of(table, "audience").remedy.contains("`[jwt_auth]`"));
    // Beside the table such a one is the application's.
    Settings::from_toml(&format!("[jwt_auth]\nsigning_key = '{KEY}'\n[audience]\nname = 'shop'")).expect("settings");
}

#[test]
fn names_written_twice_inside_are_refused() {
    let json = format!(r#"{{"jwt_auth": {{"signing_key": "{KEY}", "leeway": 1, "leeway": 2}}}}"#);
    assert!(fault_of(Settings::from_json(&json), "leeway").reason.contains("twice"));
    let twice = format!(r#"{{"jwt_auth": {{"signing_key": "{KEY}", "leeway": 1}}, "jwt_auth": {{"leeway": 2}}}}"#);
    assert!(fault_of(Settings::from_json(&twice), "leeway").reason.contains("twice"));
}

fn fault_of(result: Result<Settings, SettingsError>, name: &str) -> SettingsFault {
    let error = result.expect_err(name);
    let fault = error.faults().iter().find(|fault| fault.name == name);
    fault.unwrap_or_else(|| panic!("no fault of {name}: {error}")).clone()
}
