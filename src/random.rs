//! Chance: the only seed from the operating system, and a fixed one beside it.
//!
//! Whoever needs random bytes takes a [`Random`]; a test or a simulation hands
//! in a [`SeededRandom`] and gets the same run again. What the bytes are for
//! (keys, names, jitter) is not known here.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

/// Something that deals random bytes.
pub trait Random: fmt::Debug + Send + Sync {
    /// Fills all of `bytes`.
    fn fill(&self, bytes: &mut [u8]);

    /// A number from 0 up to 1, for waits that should not all end at once.
    fn fraction(&self) -> f64 {
        let mut bytes = [0; 4];
        self.fill(&mut bytes);
        f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0)
    }
}

/// The operating system's generator: fit for keys.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the system for chance")]
    fn fill(&self, bytes: &mut [u8]) {
        // There is no way on without chance: a guessable key is worse than none.
        getrandom::fill(bytes).expect("a kernel that runs programs has random bytes for them");
    }
}

/// The same bytes for the same seed, in the same order. Never for keys that
/// guard anything.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    dealt: AtomicU64,
}

impl SeededRandom {
    /// A generator that starts at `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, dealt: AtomicU64::new(0) }
    }

    /// A hash in counter mode: even, and the same on every machine and with
    /// every release of every library.
    fn block(&self) -> [u8; 32] {
        let turn = self.dealt.fetch_add(1, Ordering::Relaxed);
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(turn.to_le_bytes());
        hash.finalize().into()
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(32) {
            part.iter_mut().zip(self.block()).for_each(|(byte, random)| *byte = random);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt<const N: usize>(random: &dyn Random) -> [u8; N] {
        let mut bytes = [0; N];
        random.fill(&mut bytes);
        bytes
    }

    #[test]
    fn the_system_deals_other_bytes_each_time() {
        assert_ne!(dealt::<32>(&SystemRandom), dealt::<32>(&SystemRandom));
    }

    #[test]
    fn one_seed_is_one_run() {
        let (first, second) = (SeededRandom::new(7), SeededRandom::new(7));
        assert_eq!(dealt::<100>(&first), dealt::<100>(&second));
        assert_eq!(dealt::<3>(&first), dealt::<3>(&second));
    }

    #[test]
    fn a_run_goes_on_and_does_not_repeat() {
        let random = SeededRandom::new(7);
        assert_ne!(dealt::<16>(&random), dealt::<16>(&random));
    }

    #[test]
    fn another_seed_is_another_run() {
        assert_ne!(dealt::<16>(&SeededRandom::new(7)), dealt::<16>(&SeededRandom::new(8)));
    }

    #[test]
    fn a_seeded_run_is_the_same_for_ever() {
        let shown = data_encoding::HEXLOWER.encode(&dealt::<8>(&SeededRandom::new(0)));
        assert_eq!(shown, "374708fff7719dd5");
    }
}
