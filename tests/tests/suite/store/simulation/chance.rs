//! Chance that repeats itself, and the same as the reference's: the generator of Python's `random`, so that each session of these
//! rows can be laid beside the one of the model.

/// MT19937, seeded and read as Python does it.
pub struct Chance {
    state: [u32; 624],
    at: usize,
}

impl Chance {
    pub fn new(seed: u32) -> Self {
        let mut state = [0_u32; 624];
        state[0] = 19_650_218;
        for i in 1..624 {
            state[i] = 1_812_433_253_u32.wrapping_mul(state[i - 1] ^ (state[i - 1] >> 30)).wrapping_add(i as u32);
        }
        let mut i = 1;
        for _ in 0..624 {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_664_525);
            state[i] = (state[i] ^ mixed).wrapping_add(seed);
            i += 1;
            if i == 624 {
                (state[0], i) = (state[623], 1);
            }
        }
        for _ in 0..623 {
            let mixed = (state[i - 1] ^ (state[i - 1] >> 30)).wrapping_mul(1_566_083_941);
            state[i] = (state[i] ^ mixed).wrapping_sub(i as u32);
            i += 1;
            if i == 624 {
                (state[0], i) = (state[623], 1);
            }
        }
        state[0] = 0x8000_0000;
        Self { state, at: 624 }
    }

    /// In [0, 1).
    pub fn random(&mut self) -> f64 {
        let (high, low) = (self.next() >> 5, self.next() >> 6);
        (f64::from(high) * 67_108_864.0 + f64::from(low)) / 9_007_199_254_740_992.0
    }

    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random()
    }

    pub fn below(&mut self, count: u32) -> u32 {
        let bits = 32 - count.leading_zeros();
        loop {
            let drawn = self.next() >> (32 - bits);
            if drawn < count {
                return drawn;
            }
        }
    }

    pub fn choice(&mut self, items: &[f64]) -> f64 {
        items[self.below(items.len() as u32) as usize]
    }

    fn next(&mut self) -> u32 {
        if self.at == 624 {
            self.turn();
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    fn turn(&mut self) {
        for i in 0..624 {
            let y = (self.state[i] & 0x8000_0000) | (self.state[(i + 1) % 624] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            self.state[i] = self.state[(i + 397) % 624] ^ (y >> 1) ^ odd;
        }
        self.at = 0;
    }
}

#[test]
fn it_is_pythons_chance() {
    // random.Random(7): random(), uniform(1, 3), randrange(50), random()
    let mut chance = Chance::new(7);
    assert_eq!(chance.random(), 0.32383276483316237);
    assert_eq!(chance.uniform(1.0, 3.0), 1.3016983478490038);
    assert_eq!(chance.below(50), 41);
    assert_eq!(chance.random(), 0.04828642362681235);
}
