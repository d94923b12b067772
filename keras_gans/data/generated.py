"""Distributions that are known exactly, drawn anew for a seed."""

import numpy as np

RING = np.stack([np.cos(np.arange(8) * np.pi / 4), np.sin(np.arange(8) * np.pi / 4)], 1)  # (8, 2), radius 1
GRID = np.stack(np.meshgrid(*[np.arange(-4.0, 5.0, 2.0)] * 2, indexing="ij"), -1).reshape(-1, 2)  # (25, 2)


def mixture(centres, deviation, count, seed):
    """`count` points of equally likely Gaussians around `centres` (k, d): float32 (count, d)."""
    rng = np.random.default_rng(seed)
    chosen = centres[rng.integers(0, len(centres), count)]
    return (chosen + deviation * rng.normal(size=chosen.shape)).astype("float32")


def ring(count: int = 100_000, deviation: float = 0.01, seed: int = 0) -> np.ndarray:
    """Eight Gaussians on a circle of radius 1 (Lin et al. 2018, PacGAN, section 4.1): float32 (count, 2)."""
    return mixture(RING, deviation, count, seed)


def grid(count: int = 100_000, deviation: float = 0.05, seed: int = 0) -> np.ndarray:
    """Twenty-five Gaussians at {-4, -2, 0, 2, 4}^2 (Lin et al. 2018, PacGAN, section 4.1): float32 (count, 2)."""
    return mixture(GRID, deviation, count, seed)


def sines(count: int = 10_000, steps: int = 24, features: int = 5, version: str = "code", seed: int = 0) -> np.ndarray:
    """Sine waves of random frequency and phase, each feature its own (Yoon et al. 2019, TimeGAN, section 5).

    Args:
        version: "code": frequency and phase uniform in [0, 0.1], sin(frequency t + phase), as the authors' code draws them:
            less than half a period; "paper": frequency uniform in [0, 1], phase in [-pi, pi], sin(2 pi frequency t + phase), as
            their text says. Published numbers are for the first. Both are mapped to [0, 1].

    Returns:
        float32 (count, steps, features) in [0, 1].

    Raises:
        ValueError: another version.
    """
    if version not in ("code", "paper"):
        raise ValueError(f"version={version!r}: expected 'code' or 'paper'.")
    rng, t = np.random.default_rng(seed), np.arange(steps)[None, :, None]
    high, low = (0.1, 0.0) if version == "code" else (1.0, -np.pi)
    frequency = rng.uniform(0, high, (count, 1, features)) * (1.0 if version == "code" else 2 * np.pi)
    phase = rng.uniform(low, 0.1 if version == "code" else np.pi, (count, 1, features))
    return ((np.sin(frequency * t + phase) + 1) / 2).astype("float32")
