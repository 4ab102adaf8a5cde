#!/usr/bin/env bash
# One build for each provider; the figures stand in docs/benchmarks.md.
set -euo pipefail
cd "$(dirname "$0")"
for provider in ours aws_lc_rs rust_crypto; do
  cargo bench --locked --quiet --features "$provider" --target-dir ../../target/provider_bench
done
