"""Cells of the benchmarks' tables."""

import numpy as np


def mean_and_range(values, digits):
    """The mean and, of several values, the smallest and the largest."""
    spread = f" ({min(values):.{digits}f} to {max(values):.{digits}f})" if len(values) > 1 else ""
    return f"{np.mean(values):.{digits}f}{spread}"
