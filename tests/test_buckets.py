"""A bucket as users have it: articles read from S3, results written there, through the real client and a server on this machine."""

import json

import pandas as pd
import pytest
from fakes import CONFIG, go, write_articles

from analysis import read_articles
from analysis.cli import main
from analysis.elsewhere import ElsewhereError
from analysis.storage import LABELS
from analysis.tables import empty

pytestmark = pytest.mark.slow


@pytest.fixture
def raw(tmp_path):
    return write_articles(tmp_path / "raw", 6)


@pytest.fixture
def bucket(raw, monkeypatch):
    """Return an S3 bucket, served on this machine, with the articles under ``articles/``."""
    from moto.server import ThreadedMotoServer
    from upath import UPath

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    given = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    UPath("s3://archive").fs.clear_instance_cache()  # a client of another server
    place = UPath("s3://archive")
    place.fs.mkdir("archive", region_name="eu-central-1")
    for path in raw.iterdir():
        (place / "articles" / path.name).write_bytes(path.read_bytes())
    yield place
    place.fs.rm("archive", recursive=True)
    place.fs.clear_instance_cache()
    server.stop()


def test_articles_and_results_in_a_bucket(raw, bucket, tmp_path):
    here, there = go(raw, tmp_path / "out"), go("s3://archive/articles", "s3://archive/results", tmp_path / "cache")
    out = bucket / "results"
    for name in ("statements", "mentions", "scores", "summary"):
        pd.testing.assert_frame_equal(here.tables[name], there.tables[name])
        assert (out / f"{name}.csv").read_bytes() == (tmp_path / "out" / f"{name}.csv").read_bytes()
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert manifest["store"]["articles"] == {"from the store": 0, "computed": 6}
    # Nothing new: nothing is computed, and the manifest stays.
    before = (out / "manifest.json").read_bytes()
    assert go("s3://archive/articles", "s3://archive/results", tmp_path / "cache").manifest["store"]["articles"]["computed"] == 0
    assert (out / "manifest.json").read_bytes() == before
    # One more article, and hand labels laid beside the results, are seen.
    (bucket / "articles" / "new.txt").write_text("Ana Sample said NATO was number 99.\n", encoding="utf-8")
    empty("labels").to_parquet(tmp_path / LABELS)
    (out / LABELS).write_bytes((tmp_path / LABELS).read_bytes())
    more = go("s3://archive/articles", "s3://archive/results", tmp_path / "cache")
    assert more.manifest["store"]["articles"] == {"from the store": 6, "computed": 1}
    assert "number 99" in (out / "statements.csv").read_text(encoding="utf-8")
    assert (out / LABELS).exists() and not (out / ".unfinished.json").exists()


def test_a_bucket_that_is_not_there_is_named(bucket, tmp_path, capsys):
    assert main(["run", "s3://nowhere/articles", "--out", str(tmp_path / "out"), "--quiet"]) != 0
    assert "s3://nowhere/articles" in capsys.readouterr().err
    with pytest.raises(ElsewhereError, match="s3://nowhere/results: cannot be written to: "):
        go(bucket / "articles", "s3://nowhere/results", tmp_path / "cache", config=CONFIG)
    assert len(read_articles("s3://archive/articles")) == 6
