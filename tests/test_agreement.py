import numpy as np
import pandas as pd
import pytest

from analysis.agreement import _alpha, confusion, disagreements, krippendorff_alpha

LABELS = pd.DataFrame(
    [
        ("s1", "NATO", "against", "Ana"),
        ("s1", "NATO", "against", "Bo"),
        ("s2", "NATO", "favor", "Ana"),
        ("s2", "NATO", "against", "Bo"),
        ("s3", "US", "favor", "Ana"),
        ("s3", "US", "favor", "Bo"),
        ("s4", "US", "neutral", "Ana"),
    ],
    columns=["statement_id", "target", "label", "coder"],
)


def test_alpha_by_hand():
    # three pairs, one differs: observed 2 of 6; against 3, favor 3: expected (3 * 3 + 3 * 3) / 5; alpha = 1 - 2 / 3.6
    assert krippendorff_alpha(LABELS) == pytest.approx(1 - 2 / 3.6)


def test_alpha_of_krippendorffs_own_example():
    # Krippendorff (2011), section C: four observers, twelve units, missing values; nominal alpha 0.743
    ratings = [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
        [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
    ]
    counts = np.array([[sum(row[unit] == value for row in ratings) for value in range(1, 6)] for unit in range(12)], dtype=float)
    assert round(_alpha(counts), 3) == 0.743


def test_full_agreement_is_one_and_one_coder_is_no_number():
    assert krippendorff_alpha(LABELS[LABELS["statement_id"] != "s2"]) == 1.0
    assert np.isnan(krippendorff_alpha(LABELS[LABELS["coder"] == "Ana"]))


def test_confusion_by_hand():
    scores = pd.DataFrame({"statement_id": ["s1", "s2", "s3"], "target": ["NATO", "NATO", "US"], "label": ["against", "unsure", "favor"]})
    table = confusion(LABELS, scores)
    assert table.loc["against", "against"] == 2
    assert table.loc["favor", "unsure"] == 1
    assert table.loc["favor", "favor"] == 2
    assert table.to_numpy().sum() == 6
    assert table.shape == (3, 4)


def test_disagreements_are_listed():
    table = disagreements(LABELS)
    assert table[["statement_id", "Ana", "Bo"]].to_numpy().tolist() == [["s2", "favor", "against"]]
