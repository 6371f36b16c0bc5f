"""What the command says of a cluster, and what is kept of a cluster's errors; no cluster is started."""

import weakref

import pytest

from analysis.cluster import ClusterError, forget_frames
from analysis.cluster_settings import ray_engine


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("workers", "NAME=VALUE"),
        ("workers=many", "--ray workers=many: must be a number or two, as in 2-20"),
        ("workers=5-2", "the least and the most"),
        ("workers=1.5", "a whole number"),
        ("workers=inf", "must be a number or two"),
        ("resources={fast", "must be JSON"),
        ("cpus=0", "cpus is 0"),
        ("num_cpus=2", "num_cpus is set by workers, cpus and gpus"),
    ],
)
def test_settings_that_make_no_sense(given, said):
    with pytest.raises(ClusterError, match=said):
        ray_engine([given])


def test_settings_are_passed_through():
    engine = ray_engine(
        ["workers=2-20", "cpus=4", "gpus=0.5", "accelerator_type=L4", 'resources={"fast": 1}', "max_restarts=-1", "address=head:6379"]
    )
    assert (engine.workers, engine.cpus, engine.gpus) == ((2, 20), 4, 0.5)
    assert engine.options == {"accelerator_type": "L4", "resources": {"fast": 1}, "max_restarts": -1}
    assert engine.address == "head:6379"


class Worker:
    """Stands for what the frames of an error know."""


def failed(seen):
    worker = Worker()
    seen.append(weakref.ref(worker))
    raise ValueError("no more")


def test_an_error_that_is_kept_knows_no_workers():
    """Neither itself, nor its cause, nor what both happened in; also where errors name each other in a circle."""
    seen = []
    try:
        try:
            failed(seen)
        except ValueError as inner:
            try:
                failed(seen)
            except ValueError as outer:
                outer.__cause__ = LookupError("told instead")
                outer.__cause__.__context__ = outer
                assert outer.__context__ is inner
                raise
    except ValueError as error:
        kept = error
    assert all(worker() is not None for worker in seen)
    forget_frames(kept)
    assert [worker() for worker in seen] == [None, None]
