"""Spearman's correlation and Cohen's kappa by SciPy and scikit-learn: JSON from stdin to stdout."""

import json
import sys

from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score


def statistics(judge: list[float], human: list[int]) -> dict[str, float]:
    """The statistics of one list of paired scores, the judge's rounded for kappa. Its scores are never halves."""
    rounded = [round(score) for score in judge]
    return {
        "spearman": float(spearmanr(judge, human).statistic),
        "quadratic": float(cohen_kappa_score(rounded, human, weights="quadratic", labels=range(8))),
        "verdicts": float(cohen_kappa_score([s >= 4 for s in rounded], [s >= 4 for s in human])),
    }


if __name__ == "__main__":
    json.dump([statistics(**pairs) for pairs in json.load(sys.stdin)], sys.stdout)
