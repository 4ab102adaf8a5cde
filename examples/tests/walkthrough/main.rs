//! The example programs, run as a user runs them.

mod clients;
mod keys;
mod openapi;
mod postgres;
mod simplejwt;
mod token_service;
mod verify_only;
