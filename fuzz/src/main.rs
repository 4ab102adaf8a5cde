//! One program for all targets: `FUZZ_TARGET` names it. See `run.sh`.

#![no_main]

use jwt_auth_tests::fuzz::{PER_BYTE, Target};
use std::sync::LazyLock;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET: the name of a target");
    let target = match &*name {
        "macro_input" => Target { name: "macro_input", run: jwt_auth_fuzz_macros::macro_input, most_bytes: 4 << 20 },
        name => Target::named(name),
    };
    // What is made once is made before anything is counted.
    if name != "macro_input" {
        target.corpus().iter().for_each(|(_, data)| (target.run)(data));
    }
    target
});

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let target = *TARGET;
    let count = allocation_counter::measure(|| (target.run)(data));
    let most = target.most_bytes + PER_BYTE * data.len() as u64;
    assert!(count.bytes_max <= most, "{} bytes at once for {} bytes of input", count.bytes_max, data.len());
});
