"""The weights in the package: small enough to ship, and nothing in them about where they were made."""

import re

import pytest

from analysis.inference import MODELS

WEIGHTS = sorted(MODELS.glob("*/model.onnx"))


def test_all_stay_within_150_megabytes_and_none_is_above_95():
    sizes = {path.parent.name: path.stat().st_size for path in WEIGHTS}
    assert sizes.keys() == {"stance", "stance-fast", "attribution", "attribution-fast"}
    assert max(sizes.values()) < 95e6, sizes
    assert sum(path.stat().st_size for path in MODELS.glob("*/*")) < 150e6, sizes


@pytest.mark.parametrize("path", WEIGHTS, ids=lambda path: path.parent.name)
def test_weights_name_no_machine(path):
    assert re.findall(rb"/(?:home|root|Users|tmp|work)/[\w./-]{4,80}", path.read_bytes())[:1] == []
