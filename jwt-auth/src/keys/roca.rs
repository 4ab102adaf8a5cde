//! The fingerprint of RSA keys made by the flawed generator of CVE-2017-15361 ("ROCA").

/// Whether the modulus (big-endian) has the generator's mark.
///
/// Its primes are built as k·M + (65537^a mod M), M being a product of small primes, so modulo each of these the modulus is
/// a power of 65537. A sound key passes for that with a probability below 2^-27.
pub(super) fn is_vulnerable(modulus: &[u8]) -> bool {
    (3..=167).filter(|n| is_prime(*n)).all(|prime| is_power_of_65537(remainder(modulus, prime), prime))
}

fn is_prime(n: u32) -> bool {
    (2..n).all(|divisor| !n.is_multiple_of(divisor))
}

fn remainder(number: &[u8], modulus: u32) -> u32 {
    number.iter().fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % modulus)
}

fn is_power_of_65537(wanted: u32, prime: u32) -> bool {
    let generator = 65_537 % prime;
    let mut power = 1;
    for _ in 0..prime {
        if power == wanted {
            return true;
        }
        power = power * generator % prime;
    }
    false
}
