"""Progress says stage, done and total, rate and time left; in a log file without control characters."""

from io import StringIO

import pytest
from rich.console import Console

from analysis import progress
from analysis.progress import LogReporter, NotebookReporter, TerminalReporter, duration, reporter_here


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_a_log_has_a_line_now_and_then():
    lines, clock = [], Clock()
    reporter = LogReporter(lines.append, clock)
    tick = reporter.start("score stance", 4000)
    for clock.now in (10.0, 29.0, 31.0, 40.0, 62.0):
        tick(100)
    reporter.finish("score stance", {"mentions": 4000, "scores": 4000}, 70.0)
    assert lines == [
        "score stance        300/4,000 (7 %)  9.7/s  6 min 22 s left",
        "score stance        500/4,000 (12 %)  8.1/s  7 min 14 s left",
        "score stance        4,000 mentions → 4,000 scores  70.0 s",
    ]


def test_a_stage_of_unknown_length_has_a_rate_and_no_time_left():
    lines, clock = [], Clock()
    tick = LogReporter(lines.append, clock).start("score stance", None)
    clock.now = 50.0
    tick(1000)
    assert lines == ["score stance        1,000  20.0/s"]


def test_no_control_characters_in_a_file(monkeypatch):
    monkeypatch.setattr(progress, "EVERY", 0.0)
    file = StringIO()
    reporter = reporter_here(file)
    reporter.start("extract statements", 2)(1)
    reporter.finish("extract statements", {"articles": 2}, 0.5)
    said = file.getvalue()
    assert said.count("\n") == 2 and "1/2 (50 %)" in said
    assert not [c for c in said if ord(c) < 32 and c != "\n"] and "[" not in said


def test_bars_of_several_stages_on_a_terminal_end_with_plain_lines():
    file = StringIO()
    reporter = TerminalReporter(Console(file=file, force_terminal=True, width=120))
    first, second = reporter.start("extract statements", 10), reporter.start("score stance", None)
    first(5)
    second(7)
    reporter.bars.refresh()
    reporter.finish("extract statements", {"articles": 10}, 1.0)
    assert reporter.bars is not None
    reporter.finish("score stance", {"scores": 7}, 1.0)
    assert reporter.bars is None
    said = file.getvalue()
    assert "5/10" in said and "\x1b" in said and "10 articles  1.0 s" in said


def test_a_failed_run_gives_the_terminal_back():
    file = StringIO()
    reporter = TerminalReporter(Console(file=file, force_terminal=True))
    reporter.start("score stance", 10)(1)
    assert "\x1b[?25h" not in file.getvalue()
    reporter.close()
    assert "\x1b[?25h" in file.getvalue()


def test_jupyter_rewrites_one_plain_line_for_each_stage(monkeypatch):
    shown = []

    class Handle:
        def update(self, bundle, raw):
            shown[0] = bundle["text/plain"]

    def display(bundle, raw, display_id):
        shown.append(bundle["text/plain"])
        return Handle()

    monkeypatch.setattr(pytest.importorskip("IPython.display"), "display", display)
    clock = Clock()
    reporter = NotebookReporter(clock)
    tick = reporter.start("score stance", 10)
    assert shown == ["score stance        0/10 (0 %)"]
    clock.now = 2.0
    tick(5)
    assert shown == ["score stance        5/10 (50 %)  2.5/s  2 s left"]
    reporter.finish("score stance", {"scores": 10}, 4.0)
    assert shown == ["score stance        10 scores  4.0 s"]


def test_outside_jupyter_the_terminal_is_written_to():
    assert isinstance(reporter_here(), TerminalReporter)


@pytest.mark.parametrize(("seconds", "written"), [(0.4, "0 s"), (59, "59 s"), (250, "4 min 10 s"), (3900, "1 h 05 min")])
def test_durations(seconds, written):
    assert duration(seconds) == written
