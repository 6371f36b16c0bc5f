"""Calibrate stance models: a temperature and class biases, fitted on gold dev, into their configs.

    python training/calibrate.py --data DATA src/analysis/models/stance src/analysis/models/stance-fast

Training ends with it; nothing else of a model is changed. Where a config names an ensemble, the mean of its logits is calibrated.
"""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax
from sklearn.model_selection import RepeatedKFold

from analysis.embedded import EmbeddedClassifier
from analysis.evaluate import coverage_at
from analysis.inference import softmax
from data import CLASSES, gold_rows, pair_of
from stance_model import MEASURED

PRIORS = (2.0, 5.0, 20.0, math.inf)  # how firmly class biases are held at 0; the last is a temperature alone


def losses(labels: np.ndarray, logits: np.ndarray, temperature: float, bias: Sequence[float]) -> np.ndarray:
    """Return the negative log-likelihood of each statement, shape (n,)."""
    p: np.ndarray = -log_softmax(logits / temperature + np.array(bias), axis=1)[np.arange(len(labels)), labels]
    return p


def fit_calibration(labels: np.ndarray, logits: np.ndarray, prior: float) -> tuple[float, list[float]]:
    """Return temperature and class biases with the least negative log-likelihood (Guo et al. 2017, bias-corrected as in Alexandari et al. 2020).

    The biases, against and favor beside neutral, correct for train being richer in positions than what is measured; ``prior`` times their squares is added to the
    loss of all statements together.
    """

    def parts(v: np.ndarray) -> tuple[float, list[float]]:
        return math.exp(v[0]), [v[1], 0.0, v[2]] if len(v) > 1 else [0.0] * 3

    def loss(v: np.ndarray) -> float:
        return float(losses(labels, logits, *parts(v)).sum() + (prior * (v[1:] ** 2).sum() if len(v) > 1 else 0.0))

    temperature, bias = parts(minimize(loss, np.zeros(1 if math.isinf(prior) else 3), method="Nelder-Mead").x)
    return round(temperature, 4), [round(float(b), 4) for b in bias]


def held_out_loss(labels: np.ndarray, logits: np.ndarray, prior: float) -> float:
    """Return the mean negative log-likelihood of statements a calibration was not fitted on: five folds, divided ten times."""
    folds = RepeatedKFold(n_splits=5, n_repeats=10, random_state=0).split(logits)
    return float(
        np.mean(
            [losses(labels[rest], logits[rest], *fit_calibration(labels[fitted], logits[fitted], prior)).mean() for fitted, rest in folds]
        )
    )


def calibrate(folder: Path, data: Path) -> dict[str, Any]:
    """Write what calibration on gold dev gives into the config of an exported model, and return the config: temperature, biases, threshold above which 90 % are right.

    How firmly the biases are held at 0 is chosen by the loss of held-out folds. The file itself is asked: what half precision answers in training differs from it
    by a point of macro-F1 either way.
    """
    rows = gold_rows(data / MEASURED["gold"])
    labels = np.array([r.label for r in rows])
    logits = EmbeddedClassifier(folder).logits([pair_of(r) for r in rows])[:, : len(CLASSES)].astype(float)
    held_out = {prior: held_out_loss(labels, logits, prior) for prior in PRIORS}
    print(f"{folder.name}: held-out loss by prior of the biases:", {prior: round(loss, 5) for prior, loss in held_out.items()}, flush=True)
    temperature, bias = fit_calibration(labels, logits, min(PRIORS, key=lambda prior: held_out[prior]))
    p = softmax(logits / temperature + np.array(bias))
    path = folder / "config.json"
    found = {"temperature": temperature, "bias": bias, "threshold": round(coverage_at(labels, p)[1], 4)}
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) | found
    path.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return config


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    arguments = parser.parse_args()
    for of_model in arguments.folders:
        print({k: v for k, v in calibrate(of_model, arguments.data).items() if k in ("temperature", "bias", "threshold")})
