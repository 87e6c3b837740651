"""Counter-based randomness: Philox4x32-10 (Salmon et al., SC 2011), bit for bit that of daemon/engine/random.ts."""

import numpy as np

LOW = np.uint64(0xFFFFFFFF)
WORD = np.uint64(32)
MULTIPLIERS = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
WEYL = np.uint64(0x9E3779B9), np.uint64(0xBB67AE85)
ADAPTER_STREAM = 1
# Used by this worker alone; 2 and 3 are taken in random.ts.
ROUNDING_STREAM = 4


def philox(c0: np.ndarray, c1: np.ndarray, c2: np.ndarray, c3: np.ndarray, seeds: np.ndarray) -> tuple[np.ndarray, ...]:
    """Four 32-bit words for each counter, in uint64. `seeds` are int64; all arguments broadcast."""
    k0, k1 = words(seeds)
    for _ in range(10):
        product0, product1 = MULTIPLIERS[0] * c0, MULTIPLIERS[1] * c2
        c0, c1, c2, c3 = (product1 >> WORD) ^ c1 ^ k0, product1 & LOW, (product0 >> WORD) ^ c3 ^ k1, product0 & LOW
        k0, k1 = (k0 + WEYL[0]) & LOW, (k1 + WEYL[1]) & LOW
    return c0, c1, c2, c3


def words(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Low and high 32 bits."""
    bits = np.asarray(numbers, np.int64).view(np.uint64)
    return bits & LOW, bits >> WORD


def uniform(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Doubles in [0, 1) with 53 random bits, from two 32-bit words."""
    return ((a >> np.uint64(5)) * 2.0**26 + (b >> np.uint64(6))) / 2.0**53


def sample_uniforms(keys: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """The numbers that pick tokens: [samples, positions]. `keys` are rows of (seed, round, role, query, answer)."""
    seed, round_, role, query, answer = (column[:, None] for column in keys.astype(np.int64).T)
    where = words((role << 28) | round_)[0]
    a, b, _, _ = philox(words(positions)[0][None], words(answer)[0], words(query)[0], where, seed)
    return uniform(a, b)


def adapter_normals(seed: int, start: int, count: int) -> np.ndarray:
    """Standard normal numbers at indices start to start + count − 1 of the adapter's stream (Box–Muller)."""
    low, high = words(np.arange(start, start + count))
    a, b, c, d = philox(low, high, np.uint64(ADAPTER_STREAM), np.uint64(0), np.array(seed))
    return np.sqrt(-2 * np.log(1 - uniform(a, b))) * np.cos(2 * np.pi * uniform(c, d))


def rounding_seed(seed: int, step: int, tensor: int) -> int:
    """The seed of the noise that rounds one merged tensor after an optimizer step: 63 bits."""
    a, b, _, _ = philox(np.uint64(step), np.uint64(tensor), np.uint64(ROUNDING_STREAM), np.uint64(0), np.array(seed))
    return (int(a) << 31) ^ int(b)
