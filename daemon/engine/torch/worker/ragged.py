"""Lists of rows of unlike length, as they cross to the daemon: all elements one after the other, and each row's length."""

import numpy as np


def split(flat: memoryview, lengths: memoryview) -> list[np.ndarray]:
    """The rows, as views."""
    return np.split(np.asarray(flat), np.cumsum(lengths)[:-1]) if len(lengths) else []


def concatenate(rows: list[np.ndarray], dtype: type) -> tuple[np.ndarray, np.ndarray]:
    """All elements, and each row's length."""
    lengths = np.array([len(row) for row in rows], np.int32)
    return np.concatenate([*rows, np.empty(0)]).astype(dtype), lengths
