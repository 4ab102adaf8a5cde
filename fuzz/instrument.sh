#!/bin/sh
# The compiler, for cargo's `RUSTC_WRAPPER`: what is fuzzed counts its edges and compares, and what it depends on runs at full speed.
#
# libFuzzer reads every counter of the program after each execution, so counters of crates that are not ours cost more than the execution itself.
case " $* " in
  *" --crate-name jwt_auth"*" --target "*) exec "$@" $COVERAGE ;;
  *) exec "$@" ;;
esac
