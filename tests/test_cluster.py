"""A run on a Ray cluster of two workers on this machine gives what a run here gives, whatever happens to a worker."""

import gc
import os
import signal
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from fakes import CONFIG, LengthClassifier, SaidTagger, go, write_articles

from analysis import answers
from analysis.cluster import ClusterError, RayEngine
from analysis.store import Store

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
TABLES = ("articles", "statements", "mentions", "scores", "summary")


class MortalTagger(SaidTagger):
    """Takes its whole process with it at one text, once."""

    def __init__(self, mark, victim):
        super().__init__()
        self.mark, self.victim = mark, victim

    def spans(self, text):
        if self.victim in text and not self.mark.exists():
            self.mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().spans(text)


class CardClassifier(LengthClassifier):
    """Notes the graphics card that its process may use."""

    def __init__(self, note):
        super().__init__()
        self.note = note

    def predict(self, pairs, progress=None):
        self.note.write_text(os.environ.get("CUDA_VISIBLE_DEVICES", ""))
        return super().predict(pairs, progress)


class BrokenTagger(SaidTagger):
    """Fails at a text of the last block, always, when the others have had time to come back."""

    def spans(self, text):
        if "number 19" in text:
            time.sleep(5)
            raise ValueError("number 19 is too much")
        return super().spans(text)


class InterruptingTagger(SaidTagger):
    """Interrupts the process that made it, as Ctrl-C does, and works on for a while."""

    def __init__(self):
        super().__init__()
        self.made_by = os.getpid()

    def spans(self, text):
        if self.made_by not in (None, os.getpid()):
            os.kill(self.made_by, signal.SIGINT)
            self.made_by = None  # once
            time.sleep(3)
        return super().spans(text)


class DeadlyTagger(SaidTagger):
    """Takes its whole process with it at one text, always."""

    def spans(self, text):
        if "number 9" in text:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().spans(text)


@pytest.fixture(scope="module", autouse=True)
def cluster():
    import ray
    import ray.data

    here = {"env_vars": {"PYTHONPATH": str(ROOT / "tests")}}  # workers find the hand-made models there
    ray.init(num_cpus=2, num_gpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR", runtime_env=here)
    ray.data.DataContext.get_current().execution_no_progress_timeout_s = 300  # a test that hangs is a test that fails
    yield ray
    ray.shutdown()


@pytest.fixture
def raw(tmp_path, monkeypatch):
    monkeypatch.setattr(answers, "WORKED", 300)  # a few articles a block
    return write_articles(tmp_path / "raw", 20)


def same(one, other):
    for name in TABLES:
        pd.testing.assert_frame_equal(one.tables[name], other.tables[name], check_exact=True)


def test_two_workers_give_the_tables_of_this_process(raw, tmp_path):
    here = go(raw)
    there = go(raw, tmp_path / "out", tmp_path / "cache", engine=RayEngine(workers=2, cpus=1))
    same(here, there)
    assert there.manifest["store"]["articles"] == {"from the store": 0, "computed": 20}
    assert there.manifest["store"]["pairs"]["computed"] == len(here.tables["scores"])
    # What the cluster has answered is known here, and the other way round.
    write_articles(raw, 3, first=20)
    more = go(raw, tmp_path / "out2", tmp_path / "cache")
    assert more.manifest["store"]["articles"] == {"from the store": 20, "computed": 3}
    again = go(raw, tmp_path / "out3", tmp_path / "cache", engine=RayEngine(workers=1, cpus=1))
    assert again.manifest["store"]["articles"] == {"from the store": 23, "computed": 0}
    same(more, again)


def test_a_changed_target_asks_only_about_its_pairs(raw, tmp_path):
    """What is known of texts and pairs is sent with the articles, and what was asked there is known here."""
    first = CONFIG.targets[0]
    config = replace(CONFIG, targets=(*CONFIG.targets, replace(first, name="Freedonia", names=("Freedonia",), metonyms=())))
    there = RayEngine(workers=2, cpus=1)
    go(raw, tmp_path / "out", tmp_path / "cache", engine=there)
    changed = go(raw, tmp_path / "out2", tmp_path / "cache", config, engine=there)
    same(go(raw, config=config), changed)
    account, scores = changed.manifest["store"], changed.tables["scores"]
    assert account["attributions"] == {"from the store": 20, "computed": 0}
    new = (scores["target"] == "Freedonia").sum()
    assert new > 0 and account["pairs"] == {"from the store": len(scores) - new, "computed": new}
    # Asked on the cluster, known here.
    nowhere = replace(first, name="Atlantis", names=("Atlantis",), metonyms=())
    account = go(raw, tmp_path / "out3", tmp_path / "cache", replace(config, targets=(*config.targets, nowhere))).manifest["store"]
    assert account["attributions"]["computed"] == account["pairs"]["computed"] == 0


def test_a_worker_is_given_the_graphics_card_it_asked_for(raw, tmp_path):
    """The card is pretended: Ray counts it as real, and a worker sees which one is its own."""
    here = go(raw)
    same(here, go(raw, classifier=CardClassifier(tmp_path / "card"), engine=RayEngine(cpus=1, gpus=1)))
    assert (tmp_path / "card").read_text() == "0"


def test_a_worker_that_dies_loses_and_doubles_nothing(raw, tmp_path):
    mark = tmp_path / "died"
    there = go(raw, tagger=MortalTagger(mark, "number 9"), engine=RayEngine(workers=2, cpus=1))
    assert mark.exists()
    same(go(raw), there)


def test_an_error_in_a_worker_is_told_and_what_was_finished_is_kept(raw, tmp_path):
    with pytest.raises(ClusterError, match="ValueError: number 19 is too much"):
        go(raw, cache=tmp_path / "cache", tagger=BrokenTagger(), engine=RayEngine(workers=1, cpus=1))
    with Store(tmp_path / "cache") as store:
        kept = {row["kind"]: row["answers"] for row in store.describe()}
    assert 0 < kept["articles"] < 20


def broken(monkeypatch):
    return ClusterError, {"tagger": BrokenTagger()}


def full(monkeypatch):
    def put(self, *row):
        raise OSError("disk full")

    monkeypatch.setattr(Store, "put", put)
    return OSError, {}


def interrupted(monkeypatch):
    return KeyboardInterrupt, {"tagger": InterruptingTagger()}


@pytest.mark.parametrize("ended", [broken, full, interrupted])
def test_a_run_that_ended_early_gives_its_cores_back(raw, monkeypatch, ended):
    """Although its error is kept, as a notebook keeps the last one, and nothing collects garbage meanwhile."""
    monkeypatch.setattr(answers, "WORKED", 3000)
    gc.disable()
    try:
        with monkeypatch.context() as patch:
            error, models = ended(patch)
            with pytest.raises(error) as kept:
                go(raw, engine=RayEngine(workers=1, cpus=1), **models)
        same(go(raw), go(raw, engine=RayEngine(workers=1, cpus=2)))  # every core
    finally:
        gc.enable()
    assert kept.value


def test_what_always_kills_its_worker_ends_the_run(raw, tmp_path):
    engine = RayEngine(workers=1, cpus=1, max_restarts=1, max_task_retries=1)
    with pytest.raises(ClusterError, match="what had come back is kept"):
        go(raw, tagger=DeadlyTagger(), engine=engine)


def test_a_worker_that_fits_nowhere_is_refused_at_once(raw):
    with pytest.raises(ClusterError, match="room for a worker of 64 cores and 0 graphics cards, the largest has 2 and 1"):
        go(raw, engine=RayEngine(cpus=64))
    with pytest.raises(ClusterError, match="connected to the cluster at"):
        go(raw, engine=RayEngine(address="elsewhere:6379"))


def test_a_cluster_without_room_is_told(raw, cluster, monkeypatch):
    """Somebody else keeps a core: the run ends and says so, instead of waiting for ever."""

    @cluster.remote(num_cpus=1)
    class Other:
        def here(self):
            return True

    other = Other.remote()
    assert cluster.get(other.here.remote())
    monkeypatch.setattr(cluster.data.DataContext.get_current(), "execution_no_progress_timeout_s", 5)
    try:
        with pytest.raises(
            ClusterError, match="nothing came back from the cluster for 5 s; 1 of its 2 cores are free and a worker takes 2"
        ):
            go(raw, engine=RayEngine(workers=1, cpus=2))
    finally:
        cluster.kill(other)


def test_another_version_on_a_machine_of_the_cluster_is_refused(raw, monkeypatch):
    from analysis import identity

    monkeypatch.setattr(identity, "package", lambda: "of another version")
    with pytest.raises(ClusterError, match="another version of stance-analysis"):
        go(raw, engine=RayEngine(workers=1, cpus=1))
