#!/usr/bin/env bash
# One build for each provider; the figures stand in docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TARGET_DIR=../../target/provider_bench
for provider in ours aws_lc_rs rust_crypto; do
  cargo bench --locked --quiet --features "$provider" --bench providers -- "$@"
done
