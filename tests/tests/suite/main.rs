//! Every suite that needs no process of its own: a folder for each room of `jwt-auth/src`, named as it is there.

mod everything_together;
mod house;
mod imported_hashes;
mod jsonwebtoken;
pub mod lints;
mod openapi;
mod password;
mod password_policy;
mod runtimes;
mod testing;

mod audit {
    mod counted;
    mod events;
    mod table;
}
mod django {
    mod odd_claims;
    mod permissions;
    mod simple_jwt_6;
    mod store;
    mod tokens;
}
mod docs {
    mod accounts;
    mod from_others;
    mod readme;
    mod security;
}
mod flows {
    mod authentication;
    mod blacklist;
    mod disable_user;
    mod issued_before;
    mod long_lived;
    mod never_issued;
    mod passwords;
    mod proofs;
    mod reauthentication;
    mod seen_tokens;
    mod stolen_tokens;
}
mod http {
    mod auth_error;
    mod canary;
    mod client;
    mod client_contract;
    mod confusion;
    mod cookies {
        mod attributes;
        mod forgery;
        mod logins;
        mod sessions;
        mod start;
    }
    mod guard {
        mod kept_token;
        mod layer;
        mod nobody;
        mod protected;
        mod step_up;
    }
    mod hostile_requests;
    mod object_permissions;
    mod refusal_events;
    mod refused_bodies;
    mod routing {
        mod arc_state;
        mod mounts;
        mod paths;
        mod spellings;
    }
    mod rule;
    mod streams;
    mod throttle {
        mod counts;
        mod devices;
        mod given_up;
        mod names;
        mod nodes;
        mod refused;
    }
    mod tickets;
    mod token_routes;
    mod views;
}
mod jwks {
    mod algorithms;
    mod discovery;
    mod hostile;
    mod keeper;
    mod network;
    mod providers;
    mod several;
    mod start;
}
mod keys {
    mod files;
    mod jwk_sets;
    mod known_secrets;
    mod loading;
    mod named;
    mod pairs;
    mod refused;
    mod rings;
    mod rotation;
    mod schedules;
}
mod settings {
    mod documents;
    mod faults;
    mod insecure;
    mod new_key;
    mod page;
    mod sources;
    mod start;
    mod table;
    mod variables;
    mod written;
}
mod store {
    mod backup;
    mod clock_steps;
    mod clocks;
    mod contract;
    mod follower;
    mod hand_outs;
    mod key_marks;
    mod last_release;
    mod pages;
    mod rows;
    mod simulation;
    mod sqlite;
    mod sqlite_readers;
    mod stored_tokens;
}
mod user {
    mod own_users;
    mod postgres;
    mod sql;
    mod start_check;
    mod usernames;
}
mod verify {
    mod differential;
    mod foreign_issuers;
    mod hostile;
    mod properties;
    mod rfc_vectors;
    mod wycheproof;
}
