"""Cells of the benchmarks' tables."""

import numpy as np


def mean_and_range(values, digits):
    """The mean and, of several values, the smallest and the largest."""
    spread = f" ({min(values):.{digits}f} to {max(values):.{digits}f})" if len(values) > 1 else ""
    return f"{np.mean(values):.{digits}f}{spread}"


def scores_line(name, rows, digits=(2, 3, 3)):
    """A line of a table of runs: Fréchet distance, precision and recall, each with its digits."""
    cells = [mean_and_range([row[key] for row in rows], n) for key, n in zip(("fid", "precision", "recall"), digits)]
    return f"| {name} | {' | '.join(cells)} |"
