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
    // With a rest of one byte, which these moduli leave, 64 bits take seven more at a time.
    const STEP: usize = 7;
    let modulus = u64::from(modulus);
    let value = |bytes: &[u8]| bytes.iter().fold(0, |value, byte| value << 8 | u64::from(*byte));
    let (head, tail) = number.split_at(number.len() % STEP);
    tail.chunks_exact(STEP).fold(value(head) % modulus, |rest, chunk| (rest << 56 | value(chunk)) % modulus) as u32
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remainders_are_those_of_long_division() {
        let number: Vec<u8> = (0..300_u32).map(|n| (n * n * 31 + 7) as u8).collect();
        for length in [0, 1, 6, 7, 8, 255, 256, 257, 300] {
            for modulus in [3, 5, 127, 163, 167] {
                let wanted = number[..length].iter().fold(0, |rest, byte| (rest << 8 | u32::from(*byte)) % modulus);
                assert_eq!(remainder(&number[..length], modulus), wanted, "{length} {modulus}");
            }
        }
    }
}
