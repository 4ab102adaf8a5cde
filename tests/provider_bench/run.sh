#!/usr/bin/env bash
# One build for each provider, in three turns; the fastest figures stand in docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")"
export CARGO_TARGET_DIR=../../target/provider_bench
for turn in 1 2 3; do
  echo "== turn $turn of 3"
  for provider in ours aws_lc_rs rust_crypto; do
    cargo bench --locked --quiet --features "$provider" --bench providers -- --warm-up-time 1 --measurement-time 2 "$@"
  done
done
