#!/usr/bin/env bash
# The two crates with the oldest versions of everything that they name: what Cargo.toml promises is enough.
# `cargo -Z direct-minimal-versions` is unstable; RUSTC_BOOTSTRAP lets it through for the one command that resolves.
set -euo pipefail
cd "$(dirname "$0")/../.."
top=$PWD folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cargo package --quiet --no-verify --allow-dirty -p jwt-auth-macros -p jwt-auth
for crate in jwt-auth jwt-auth-macros; do
  mkdir "$folder/$crate"
  tar xzf target/package/$crate-[0-9]*.crate -C "$folder/$crate" --strip-components=1
  rm "$folder/$crate/Cargo.lock"
  # The tests' dependencies are not what a user builds.
  python3 - "$folder/$crate/Cargo.toml" <<'P'
import re, sys
with open(sys.argv[1]) as file:
    text = file.read()
with open(sys.argv[1], "w") as file:
    file.write(re.sub(r"^\[dev-dependencies.*?(?=^\[(?!dev-dependencies)|\Z)", "", text, flags=re.MULTILINE | re.DOTALL))
P
done
cat >"$folder/Cargo.toml" <<'T'
[workspace]
resolver = "3"
members = ["jwt-auth", "jwt-auth-macros"]
[patch.crates-io]
jwt-auth-macros = { path = "jwt-auth-macros" }
T
cd "$folder"
RUSTC_BOOTSTRAP=1 cargo generate-lockfile --quiet -Z direct-minimal-versions
cargo check --quiet --workspace --all-features --target-dir "$top/target/minimal"
cargo check --quiet -p jwt-auth --target-dir "$top/target/minimal"
