#!/usr/bin/env bash
# Fuzzes every target, or those that are named, and prints how many executions each had.
#
#   fuzz/run.sh [--runs N] [--full] [TARGET...]
#
# --runs: executions of each target, 100,000 unless told; --full: 10^8 for token, header and claims, 10^7 for the others.
# libFuzzer's coverage comes of flags that every stable compiler takes. An input that breaks a property is left in target/fuzz/crashes, and its
# bytes in tests/corpus/<target>/ make a test of it. What is found on the way stays in target/fuzz/<target>.
set -euo pipefail
cd "$(dirname "$0")"
runs=100000 full=false targets=()
while (($# > 0)); do
  case $1 in
    --runs) runs=$2 && shift 2 ;;
    --full) full=true && shift ;;
    *) targets+=("$1") && shift ;;
  esac
done
((${#targets[@]} > 0)) || targets=(token header claims jwks key cookie authorization forwarded mount hash settings macro_input)

host=$(rustc -vV | sed -n 's/^host: //p')
coverage="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters"
coverage+=" -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares"
COVERAGE=$coverage RUSTC_WRAPPER=$PWD/instrument.sh cargo build -q --release --target "$host" --target-dir ../target/fuzz
program=../target/fuzz/$host/release/fuzz
mkdir -p ../target/fuzz/crashes

for target in "${targets[@]}"; do
  wanted=$runs
  if $full; then
    case $target in token | header | claims) wanted=100000000 ;; *) wanted=10000000 ;; esac
  fi
  # A line that is no setting is compared with the name of each.
  longest=4096
  [[ $target != settings ]] || longest=512
  found=../target/fuzz/$target
  mkdir -p "$found"
  log=../target/fuzz/$target.log
  if ! FUZZ_TARGET=$target "$program" -runs="$wanted" -max_len="$longest" -rss_limit_mb=2048 -timeout=10 -dict=words.dict \
    -artifact_prefix=../target/fuzz/crashes/"$target"- -print_final_stats=1 "$found" ../tests/corpus/"$target" >"$log" 2>&1; then
    tail -n 40 "$log"
    echo "$target: FAILED, see target/fuzz/crashes"
    exit 1
  fi
  executed=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  seconds=$(sed -n 's/^Done [0-9]* runs in \([0-9]*\) second.*/\1/p' "$log")
  coverage=$(sed -n 's/.*cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  echo "$target: $executed executions in $seconds s, $coverage edges, nothing found"
done
