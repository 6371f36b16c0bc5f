"""The command as a user meets it: help, exit codes, messages, files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from analysis.cli import main

ROOT = Path(__file__).parents[1]
COMMANDS = ("run", "report", "config", "predict", "attribute", "evaluate", "label", "cache")


def stance(*arguments, cwd=None):
    return subprocess.run(
        [sys.executable, "-m", "analysis.cli", *map(str, arguments)], capture_output=True, text=True, cwd=cwd, check=False
    )


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def pairs(tmp_path):
    path = tmp_path / "pairs.jsonl"
    rows = [
        {
            "id": 1,
            "text": "We are grateful to Ukraine, our true friend.",
            "target": "Ukraine",
            "start": 19,
            "end": 26,
            "holder": "Ana Sample",
        },
        {"id": 2, "text": "NATO has lied to us for decades, and we condemn it.", "target": "NATO", "start": 0, "end": 4},
        {
            "id": 3,
            "text": "The meeting with NATO starts at 9 a.m. on Monday.",
            "target": "NATO",
            "start": 17,
            "end": 21,
            "context": "It is in Paris.",
        },
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("command", [(), *((c,) for c in COMMANDS)])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*command, "--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert "usage: stance" in said and len(said) > 200


def test_help_waits_for_no_heavy_library():
    code = "import sys, analysis.cli as c; c.parser([]); print(sorted({'pandas', 'torch', 'onnxruntime', 'matplotlib', 'jinja2', 'rich'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


@pytest.mark.parametrize("arguments", [[], ["run"], ["fly"], ["predict", "x.jsonl"], ["run", "x", "--colour", "red"]])
def test_usage_errors_exit_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: stance" in capsys.readouterr().err


def test_bad_input_is_one_line_and_exit_1(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "typo.yml").write_text("targts: {}\n")
    (tmp_path / "a.txt").write_text("Ana Sample said NATO was wrong.\n")
    for arguments, named in [
        (["run", tmp_path / "nowhere"], "nowhere"),
        (["run", tmp_path / "empty"], "empty"),
        (["run", tmp_path / "a.txt", "--config", tmp_path / "typo.yml"], "targts"),
        (["run", tmp_path / "a.txt", "--model", "some/model"], "some/model"),
    ]:
        done = stance(*arguments, "--out", tmp_path / "out")
        assert done.returncode == 1, done
        assert named in done.stderr and "Traceback" not in done.stderr
        assert len([line for line in done.stderr.splitlines() if line.startswith("stance run:")]) == 1


def test_a_full_disk_is_one_line_that_says_what_to_do(monkeypatch, capsys):
    def full(*_, **__):
        raise OSError(28, "No space left on device", "results/scores.csv")

    monkeypatch.setattr("analysis.pipeline.run", full)
    assert main(["run", "x"]) == 1
    assert capsys.readouterr().err.strip().endswith("'results/scores.csv'; free some space and run again: what was computed is kept")


def test_config_prints_what_run_accepts(tmp_path):
    printed = stance("config")
    assert printed.returncode == 0
    assert set(yaml.safe_load(printed.stdout)["targets"]) == {"US", "NATO", "Ukraine", "West"}
    (tmp_path / "config.yml").write_text(printed.stdout, encoding="utf-8")
    (tmp_path / "a.txt").write_text("Ana Sample said NATO was wrong.\n")
    assert stance("run", "a.txt", "--config", "config.yml", "--quiet", cwd=tmp_path).returncode == 0
    assert (tmp_path / "results" / "manifest.json").is_file()


def test_predict_adds_probabilities_and_keeps_fields(pairs, tmp_path):
    assert main(["predict", str(pairs), "--out", str(tmp_path / "p.jsonl")]) == 0
    rows = lines(tmp_path / "p.jsonl")
    assert [r["id"] for r in rows] == [1, 2, 3] and rows[0]["holder"] == "Ana Sample"
    assert all(abs(r["p_against"] + r["p_neutral"] + r["p_favor"] - 1) < 1e-6 for r in rows)
    assert [max(("against", "neutral", "favor"), key=lambda c: r[f"p_{c}"]) for r in rows] == ["favor", "against", "neutral"]


def test_predict_names_the_broken_line_and_writes_nothing(pairs, tmp_path, capsys):
    pairs.write_text(pairs.read_text() + "{broken\n")
    assert main(["predict", str(pairs), "--out", str(tmp_path / "p.jsonl")]) == 1
    assert "line 4: not JSON" in capsys.readouterr().err
    assert not (tmp_path / "p.jsonl").exists()


def test_predict_names_the_row_whose_offsets_are_wrong(tmp_path, capsys):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"id": "q7", "text": "short", "target": "NATO", "start": 3, "end": 99}))
    assert main(["predict", str(path), "--out", str(tmp_path / "p.jsonl")]) == 1
    assert "'q7'" in capsys.readouterr().err


def test_predict_lists_the_fields_it_found(tmp_path, capsys):
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps({"id": 1, "body": "x"}))
    assert main(["predict", str(path), "--out", str(tmp_path / "p.jsonl")]) == 1
    assert "lacks text, target, start, end; it has id, body" in capsys.readouterr().err


def test_attribute_adds_spans_and_speakers(tmp_path):
    path = tmp_path / "texts.jsonl"
    text = "“We will never accept this plan,” Foreign Minister Ana Sample told reporters on Monday."
    path.write_text(json.dumps({"id": "t", "text": text}) + "\n" + json.dumps({"id": "blank", "text": ""}) + "\n", encoding="utf-8")
    assert main(["attribute", str(path), "--out", str(tmp_path / "p.jsonl")]) == 0
    first, blank = lines(tmp_path / "p.jsonl")
    assert blank["attributions"] == []
    assert [a["speaker"] for a in first["attributions"]] == ["Ana Sample"]
    assert [text[s:e] for s, e in first["attributions"][0]["cue"]] == ["told"]
    assert first["attributions"][0]["kind"] == "direct"


def test_evaluate_prints_models_and_baselines(pairs, capsys):
    rows = [{**row, "stance": stance} for row, stance in zip(lines(pairs), ["favor", "against", "neutral"], strict=True)]
    pairs.write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert main(["evaluate", "stance", str(pairs), "--out", str(pairs.parent / "evaluation")]) == 0
    said = capsys.readouterr().out
    assert all(name in said for name in ("default", "majority", "VADER", "macro-F1", "ECE"))
