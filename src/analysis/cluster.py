"""Blocks of articles worked on by the machines of a Ray cluster: the function that is called here, on their processors (extra ``ray``)."""

import gc
import logging
import os
import pickle
import re
import warnings
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any

import pandas as pd

from analysis import identity
from analysis.classifiers import Progress
from analysis.engines import Done, Given, Task
from analysis.remembering import work_apart

TRIES = 3  # that a worker, or its block, is started again: what kills it every time ends the run


class ClusterError(ValueError):
    """A cluster that cannot be used, or that lost work; the message says what to do."""


class RayEngine:
    """Works on blocks with Ray Data: a pool of workers, each with models of its own that are loaded once.

    A worker that dies is started again and its block is worked on again, three times at most (Ray's own retries); answers are kept by article, so none is lost or
    counted twice.

    Parameters
    ----------
    address : str, optional
        Of a running cluster (``"auto"`` on one of its machines, or ``"head:6379"``). Without it ``RAY_ADDRESS``, else a cluster on this machine alone, ended
        after the run.
    workers : int or (int, int), optional
        How many, or the least and the most for a cluster that grows and shrinks (Ray's autoscaler). As many as the cluster has room for without it.
    cpus, gpus : float
        Cores and graphics cards of a worker; the cores are its threads.
    **options
        Anything else Ray's actors take (``accelerator_type``, ``memory``, ``max_restarts``, ``resources``), passed on as it is.

    Raises
    ------
    ClusterError
        If Ray is not installed, or a number is not above 0 (``gpus``: below 0), or ``workers`` not whole.
    """

    def __init__(
        self, address: str | None = None, workers: int | tuple[int, int] | None = None, cpus: float = 2, gpus: float = 0, **options: Any
    ) -> None:
        self.address, self.workers, self.cpus, self.gpus, self.options = address, workers, cpus, gpus, options
        least, most = (workers if isinstance(workers, tuple) else (workers, workers)) if workers is not None else (1, 1)
        if not (0 < least <= most and least == int(least) and most == int(most)):
            raise ClusterError(f"workers is {workers!r}; a whole number above 0, or the least and the most")
        doubled = sorted({"num_cpus", "num_gpus", "concurrency", "compute"} & set(options))
        if doubled:
            raise ClusterError(f"{doubled[0]} is set by workers, cpus and gpus")
        if not (cpus > 0 and gpus >= 0):
            raise ClusterError(f"cpus is {cpus!r}, gpus {gpus!r}; a worker needs a core or more, and no less than 0 graphics cards")
        self.ray = _ray()

    def __call__(
        self, blocks: Iterable[Given], task: Task, read: Progress | None = None, scored: Progress | None = None
    ) -> Generator[Done, None, None]:
        """Yield what came of each block, in the order in which they are finished.

        Raises
        ------
        ClusterError
            If the cluster cannot be reached, a worker has another version of this package, or an article did not come back.
        """
        started = self._connect()
        try:
            yield from self._worked(blocks, task, read, scored)
        finally:
            if started:
                self.ray.shutdown()

    def _worked(self, blocks: Iterable[Given], task: Task, read: Progress | None, scored: Progress | None) -> Iterator[Done]:
        given: set[str] = set()
        # Blocks go to the cluster's memory, and from there to its disks, one by one: all texts are never here at once.
        refs = [self.ray.put(_noted(block, given)) for block in blocks]
        if not refs:
            return
        for name in ("ray", "ray.data"):  # progress is told by the reporter
            logging.getLogger(name).setLevel(logging.ERROR)
        self.ray.data.DataContext.get_current().enable_progress_bars = False
        with closing(self._batches(refs, task)) as batches:
            for batch in batches:
                for done in map(pickle.loads, batch["done"]):
                    if not done.packed.keys() <= given:  # worked on twice, after a worker died
                        continue
                    given -= done.packed.keys()
                    for tell in filter(None, (read, scored)):
                        tell(len(done.packed))
                    yield done
        if given:
            raise ClusterError(
                f"{len(given)} articles did not come back from the cluster, the first is {min(given)}; run again: the others are kept"
            )

    def _batches(self, refs: list[Any], task: Task) -> Generator[pd.DataFrame, None, None]:
        pool = self.ray.data.ActorPoolStrategy(**self._size(len(refs)))
        settings = {"max_restarts": TRIES, "max_task_retries": TRIES, **self.options}
        made = None
        try:
            with warnings.catch_warnings():
                # Settings are passed through without names of their own, which Ray takes until 2.64; pyproject.toml ends below it.
                warnings.filterwarnings("ignore", message="`ray_remote_args` is deprecated")
                made = self.ray.data.from_pandas_refs(refs).map_batches(
                    Worker, fn_constructor_args=(task, identity.package()), batch_size=1, batch_format="pandas", compute=pool,
                    num_cpus=self.cpus, num_gpus=self.gpus, **settings,
                )  # fmt: skip
            yield from made.iter_batches(batch_size=None, batch_format="pandas", prefetch_batches=1)
        except BaseException as error:  # an interrupted run gives its workers back too
            forget_frames(error)
            if isinstance(error, getattr(self.ray.data.exceptions, "ExecutionTimeoutError", ())):  # older versions of Ray wait for ever
                raise ClusterError(self._without_progress()) from error
            if isinstance(error, self.ray.exceptions.RayError | TypeError | ValueError):
                raise ClusterError(f"Ray: {_reason(error)}; what had come back is kept, run again when it is mended") from error
            raise
        finally:
            made = None
            refs.clear()
            gc.collect()  # workers end with the last object that knows them, and some of those know each other

    def _without_progress(self) -> str:
        free, cores = (it.get("CPU", 0) for it in (self.ray.available_resources(), self.ray.cluster_resources()))
        seconds = self.ray.data.DataContext.get_current().execution_no_progress_timeout_s
        return (
            f"nothing came back from the cluster for {seconds:g} s; {free:g} of its {cores:g} cores are free and a worker takes {self.cpus:g}. What had come back is kept: "
            "run again when there is room, or wait longer with RAY_DATA_EXECUTION_NO_PROGRESS_TIMEOUT_S=seconds"
        )

    def _connect(self) -> bool:
        """Return whether a cluster was reached that this process has to leave again."""
        if self.ray.is_initialized():
            here = self.ray.get_runtime_context().gcs_address
            if self.address not in (None, "auto", here):
                raise ClusterError(f"this process is connected to the cluster at {here}, not to {self.address}; call ray.shutdown() first")
            return False
        try:
            self.ray.init(
                address=self.address or os.environ.get("RAY_ADDRESS") or "local",
                include_dashboard=False if self.address is None else None,
                log_to_driver=False,
                logging_level="ERROR",
            )
        except (ConnectionError, RuntimeError, OSError, ValueError) as error:
            raise ClusterError(f"no Ray cluster at {self.address or 'this machine'}: {str(error).splitlines()[0]}") from error
        return True

    def _size(self, blocks: int) -> dict[str, int]:
        if isinstance(self.workers, tuple):  # the cluster may grow
            return {"min_size": self.workers[0], "max_size": self.workers[1]}
        has = [node["Resources"] for node in self.ray.nodes() if node["Alive"]]
        room = sum(min(int(it.get("CPU", 0) // self.cpus), int(it.get("GPU", 0) // self.gpus) if self.gpus else blocks) for it in has)
        if not room:
            most = max((it.get("CPU", 0), it.get("GPU", 0)) for it in has)
            raise ClusterError(
                f"no machine of the cluster has room for a worker of {self.cpus} cores and {self.gpus} graphics cards, the largest has {most[0]:g} and {most[1]:g}; "
                "ask for less with cpus and gpus, or give workers as 1-8 if the cluster grows"
            )
        return {"size": max(1, min(room, blocks)) if self.workers is None else self.workers}


class Worker:
    """What a Ray actor does: the models come with the task, their weights are loaded where it runs, at the first block."""

    def __init__(self, task: Task, package: str) -> None:
        if identity.package() != package:
            raise RuntimeError(
                "this machine of the cluster has another version of stance-analysis than the one the run was started on; install the same"
            )
        self.task = task

    def __call__(self, blocks: pd.DataFrame) -> pd.DataFrame:
        """Return a row for each block given, pickled: what came of it, pickled."""
        return pd.DataFrame({"done": [pickle.dumps(work_apart(pickle.loads(given), self.task)) for given in blocks["given"]]})


def _noted(block: Given, given: set[str]) -> pd.DataFrame:
    given.update(block.articles["article_id"])
    return pd.DataFrame({"given": [pickle.dumps(block)]})


def _reason(error: BaseException) -> str:
    """Return the line of a Ray error that names its cause: the last one of a worker's traceback that is not Ray's own."""
    lines = [line.strip() for line in str(error).splitlines() if re.match(r"\s*[\w.]*(?:Error|Exception)\b", line)]
    own = [line for line in lines if not line.startswith("ray.")]
    return (own or lines or [type(error).__name__])[-1]


def forget_frames(error: BaseException) -> None:
    """Take from an error, its causes and what they happened in the frames they came through, which keep a cluster's workers alive for as long as somebody keeps the error."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        at = todo.pop()
        if at is not None and id(at) not in seen:
            seen.add(id(at))
            at.__traceback__ = None  # emptying the frames is not enough: some belong to threads of Ray that still run
            todo += [at.__cause__, at.__context__]


def _ray() -> Any:
    # Its core speaks of its own affairs at every start; what fails is raised.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ClusterError(
            "--engine ray needs the extra 'ray', here and on every machine of the cluster: pip install 'stance-analysis[ray]'"
        ) from error
    return ray
