//! Reading settings from TOML, JSON and the environment.
