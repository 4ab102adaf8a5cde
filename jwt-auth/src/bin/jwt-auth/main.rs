//! The `jwt-auth` command: tables, users, tokens and settings from a shell.

mod config;
mod flush;
mod generate_key;
mod keys;
mod namespace;
mod password_input;
mod sessions;
mod tokens;
mod users;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tables, users, tokens and settings of a jwt-auth service.
///
/// The database is `DATABASE_URL` (sqlite:path.db or postgres://user@host/name); settings are `JWT_AUTH_<NAME>` and the file of --config.
#[derive(Parser)]
#[command(name = "jwt-auth", version)]
struct Cli {
    #[command(flatten)]
    config: config::Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Create the tables of sessions, and Django's user table where there is none.
    Migrate,
    /// Create a user; the password is read from standard input.
    Createuser(users::CreateUser),
    /// Set a user's password, read from standard input, and end the user's sessions.
    Changepassword(users::ChangePassword),
    /// Let a user log in no more, and end the user's sessions.
    Disableuser(users::DisableUser),
    /// Delete expired tokens from SimpleJWT's tables, in small batches.
    Flushexpiredtokens,
    /// What concerns all sessions of a namespace.
    #[command(subcommand)]
    Namespace(namespace::Namespace),
    /// Signing keys: make, stage, activate and retire them, and say that one was stolen.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// List and end sessions.
    #[command(subcommand)]
    Sessions(sessions::Sessions),
    /// Make a token for development and print it.
    Token(tokens::MakeToken),
    /// Show what a token says and whether it is good.
    Inspect(tokens::Inspect),
    /// Check the settings: every fault with its remedy, and what is allowed and unwise.
    Check,
}

/// What a command says when it cannot do its work: one sentence for a person.
type Outcome = Result<(), Box<dyn std::error::Error>>;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Migrate => users::migrate(&cli.config).await,
        Command::Createuser(command) => command.run(&cli.config).await,
        Command::Changepassword(command) => command.run(&cli.config).await,
        Command::Disableuser(command) => command.run(&cli.config).await,
        Command::Flushexpiredtokens => flush::run(&cli.config).await,
        Command::Namespace(command) => command.run(&cli.config).await,
        Command::Keys(command) => command.run(&cli.config).await,
        Command::Sessions(command) => command.run(&cli.config).await,
        Command::Token(command) => command.run(&cli.config).await,
        Command::Inspect(command) => command.run(&cli.config),
        Command::Check => config::check(&cli.config).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("jwt-auth: {}", Chain(&*error));
            ExitCode::FAILURE
        }
    }
}

/// An error with what lies beneath it.
struct Chain<'a>(&'a dyn std::error::Error);

impl std::fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.0.source();
        while let Some(error) = source {
            write!(f, ": {error}")?;
            source = error.source();
        }
        Ok(())
    }
}
