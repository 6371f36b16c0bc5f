"""A run that starts a Ray cluster for itself, with the models of the package, and leaves it again."""

import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]


def test_models_of_the_package_on_the_report_of_2021(tmp_path):
    config = tmp_path / "config.yml"
    config.write_text("statements: {tagger: fast}\nreport: {words: 0}\n", encoding="utf-8")
    environment = {**os.environ, "RAY_DATA_EXECUTION_NO_PROGRESS_TIMEOUT_S": "300"}
    environment.pop("RAY_ADDRESS", None)
    run = f"-m analysis.cli run {ROOT / 'data' / 'raw'} --config {config} --no-cache --quiet --out"
    for place, engine in (("here", ""), ("there", "--engine ray --ray workers=1 --ray cpus=1")):
        command = [sys.executable, *run.split(), str(tmp_path / place), *engine.split()]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
        assert ended.returncode == 0, ended.stderr
        assert "Warning" not in ended.stderr
    for name in ("articles", "statements", "mentions", "scores", "summary"):
        pair = [pd.read_parquet(tmp_path / place / f"{name}.parquet") for place in ("here", "there")]
        # The same words, speakers and labels; a product may be summed in another order on other cores.
        pd.testing.assert_frame_equal(*pair, rtol=0, atol=1e-6)
    assert len(pair[0]) > 0
