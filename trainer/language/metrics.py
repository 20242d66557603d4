"""
Metrics of a language model over weighted rows: all rows once give the metric, a slice's rows the slice's, and rows
drawn with replacement its bootstrap interval. What was written is judged by existing libraries, row by row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Beyond, its exponential is no double any more.
_MOST_LOSS = 700.0


@dataclass(frozen=True)
class LanguageJudged:
    """Arrays [rows]."""

    losses: np.ndarray
    """The sum over the learnt tokens of each row, nats."""
    tokens: np.ndarray
    """How many those are."""
    written: Mapping[str, np.ndarray]
    """`exactMatch`, `rougeL` and `chrF` of each row; empty where nothing was written."""

    def measure(self, weights: np.ndarray) -> dict[str, np.ndarray]:
        """Each metric under each of the weightings [weightings, rows]; NaN where it does not exist."""
        with np.errstate(invalid="ignore", divide="ignore"):
            loss = weights @ self.losses / (weights @ self.tokens)
            rows = weights.sum(axis=1)
            means = {name: weights @ values / rows for name, values in self.written.items()}
        return {"loss": loss, "perplexity": np.exp(np.minimum(loss, _MOST_LOSS)), **means}


def judge_written(expected: Sequence[str], written: Sequence[str]) -> dict[str, np.ndarray]:
    """
    Each row by itself, from 0 to 1: whether it is the very same text; ROUGE-L's F-measure with stemming
    (https://pypi.org/project/rouge-score/); chrF of characters up to six (https://pypi.org/project/sacrebleu/).
    """
    from rouge_score.rouge_scorer import RougeScorer
    from sacrebleu.metrics.chrf import CHRF

    rouge, chrf = RougeScorer(["rougeL"], use_stemmer=True), CHRF()
    pairs = list(zip(expected, written, strict=True))
    return {
        "exactMatch": np.asarray([right == answer for right, answer in pairs], float),
        "rougeL": np.asarray([rouge.score(right, answer)["rougeL"].fmeasure for right, answer in pairs]),
        "chrF": np.asarray([chrf.sentence_score(answer, [right]).score / 100 for right, answer in pairs]),
    }
