"""Progress on a terminal, in Jupyter and in a log file: stage, done and total, rate, time left."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TextIO

EVERY = 30.0  # seconds between the lines of a stage in a log file
NOTEBOOK_EVERY = 0.5


class Reporter(Protocol):
    """Is told what a run does: a stage begins, some of its rows are done, it ends with counts. Several stages may be under way at once."""

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage; the returned function is called with the number of rows finished since its last call."""
        ...

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage."""
        ...


class Silent:
    """A reporter that says nothing."""

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage."""
        return lambda done: None

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage."""


class Stages:
    """The stages of a run: their counts and seconds for the manifest, each told to the reporter."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.counts: dict[str, dict[str, Any]] = {}
        self.tick: Callable[[int], None] = lambda done: None

    @contextmanager
    def one(self, name: str) -> Iterator[dict[str, int]]:
        """Begin a stage without progress, and end it with the counts put into the dictionary."""
        counts: dict[str, int] = {}
        began = time.perf_counter()
        self.tick = self.reporter.start(name, None)
        yield counts
        self.end(name, counts, time.perf_counter() - began)

    def end(self, name: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage."""
        self.counts[name] = {**counts, "seconds": round(seconds, 3)}
        self.reporter.finish(name, counts, seconds)


class TerminalReporter:
    """Bars on a terminal; elsewhere plain lines (``LogReporter``).

    Parameters
    ----------
    console : rich.console.Console
        Where to write.
    """

    def __init__(self, console: Any) -> None:
        self.console = console
        self.bars: Any = None
        self.tasks: dict[str, Any] = {}
        self.log = LogReporter(lambda line: console.print(line, highlight=False, markup=False, soft_wrap=True))

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage."""
        if not self.console.is_terminal:
            return self.log.start(stage, total)
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        if self.bars is None:
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TaskProgressColumn(show_speed=True),
                TimeRemainingColumn(),
            )
            self.bars = Progress(*columns, console=self.console, transient=True)
            self.bars.start()
        bars = self.bars
        task = self.tasks[stage] = bars.add_task(stage, total=total, visible=False)
        return lambda done: bars.update(task, advance=done, visible=True)

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage with its counts in and out."""
        if stage in self.tasks:
            self.bars.remove_task(self.tasks.pop(stage))
            if not self.tasks:
                self.close()
        self.log.finish(stage, counts, seconds)

    def close(self) -> None:
        """Give the terminal back; also after a run that failed."""
        if self.bars is not None:
            self.bars.stop()
            self.bars = None


class LogReporter:
    """A line now and then while a stage runs, and one when it ends; no control characters.

    Parameters
    ----------
    say : callable
        Takes a line.
    clock : callable
        Seconds.
    """

    def __init__(self, say: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self.say, self.clock = say, clock

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage."""
        count = Count(stage, total, self.clock)
        last = [self.clock()]

        def tick(done: int) -> None:
            count.done += done
            if done and self.clock() - last[0] >= EVERY:
                last[0] = self.clock()
                self.say(count.line())

        return tick

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage with its counts in and out."""
        self.say(ended(stage, counts, seconds))


class NotebookReporter:
    """Lines below the cell that are rewritten in place, one for each stage; a saved notebook keeps the last of each.

    Parameters
    ----------
    clock : callable
        Seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self.shown: dict[str, Any] = {}

    def start(self, stage: str, total: int | None) -> Callable[[int], None]:
        """Begin a stage."""
        count = Count(stage, total, self.clock)
        last = [self.clock()]
        self._show(stage, count.line())

        def tick(done: int) -> None:
            count.done += done
            if self.clock() - last[0] >= NOTEBOOK_EVERY:
                last[0] = self.clock()
                self._show(stage, count.line())

        return tick

    def finish(self, stage: str, counts: dict[str, int], seconds: float) -> None:
        """End a stage with its counts in and out."""
        self._show(stage, ended(stage, counts, seconds))

    def _show(self, stage: str, line: str) -> None:
        from IPython.display import display

        bundle = {"text/plain": line}
        if stage in self.shown:
            self.shown[stage].update(bundle, raw=True)
        else:
            self.shown[stage] = display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]


class Count:
    """How far a stage is: rows done, of how many, since when."""

    def __init__(self, stage: str, total: int | None, clock: Callable[[], float]) -> None:
        self.stage, self.total, self.clock = stage, total, clock
        self.began, self.done = clock(), 0

    def line(self) -> str:
        """Return stage, done and total, rate, time left."""
        seconds = self.clock() - self.began
        rate = self.done / seconds if seconds > 0 else 0.0
        of = f"/{self.total:,} ({100 * self.done // self.total} %)" if self.total else ""
        speed = f"  {rate:,.1f}/s" if rate else ""
        left = f"  {duration((self.total - self.done) / rate)} left" if self.total and rate else ""
        return f"{self.stage:<20}{self.done:,}{of}{speed}{left}"


def ended(stage: str, counts: dict[str, int], seconds: float) -> str:
    """Return the line of a stage that has ended."""
    said = " → ".join(f"{n:,} {name}" for name, n in counts.items())
    return f"{stage:<20}{said}{'  ' if said else ''}{seconds:.1f} s"


def duration(seconds: float) -> str:
    """Write a time in the two largest of hours, minutes and seconds: 1 h 05 min, 4 min 10 s, 12 s."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"


def reporter_here(stream: TextIO | None = None) -> Reporter:
    """Return the reporter that fits: lines rewritten in place in Jupyter, bars on a terminal, plain lines elsewhere.

    Parameters
    ----------
    stream : text file, optional
        Where to write outside Jupyter; standard error without it.
    """
    from rich.console import Console

    shell = sys.modules.get("IPython")
    found = shell.get_ipython() if shell else None
    if stream is None and found is not None and hasattr(found, "kernel"):
        return NotebookReporter()
    return TerminalReporter(Console(file=stream or sys.stderr))
