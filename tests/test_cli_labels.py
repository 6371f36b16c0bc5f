import argparse

import pandas as pd
import pytest
from stats_tables import corpus

from analysis.cli_labels import add_label_commands
from analysis.labels import KEY, current, read_labels
from analysis.tables import TABLES

SCORES, STATEMENTS, MENTIONS, ARTICLES, TRUTH = corpus(60)


@pytest.fixture
def results(tmp_path):
    for name, table in {"scores": SCORES, "statements": STATEMENTS, "mentions": MENTIONS, "articles": ARTICLES}.items():
        blank = {"text": "", "integer": 0, "spans": []}
        absent = {k: None if c.missing else blank[c.kind] for k, c in TABLES[name].columns.items() if k not in table}
        table.assign(**{k: [value] * len(table) for k, value in absent.items()}).to_parquet(tmp_path / f"{name}.parquet")
    return tmp_path


def run(*arguments):
    parser = argparse.ArgumentParser()
    add_label_commands(parser.add_subparsers(required=True))
    args = parser.parse_args(["label", *map(str, arguments)])
    return args.func(args)


def fill(path, wrong=0):
    table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table["label"] = list(table[KEY].merge(TRUTH, on=KEY, how="left")["truth"])
    table.loc[: wrong - 1, "label"] = (
        table.loc[: wrong - 1, "label"].map({"against": "neutral", "neutral": "favor", "favor": "against"}) if wrong else None
    )
    table.to_csv(path, index=False)


def test_round_trip_of_two_coders(results, capsys):
    assert run("sample", results, "--n", 80, "--by", "target", "--coder", "Ana Petrov", "--coder", "Bo") == 0
    sheets = sorted((results / "labelling").glob("*.csv"))
    assert [sheet.name.split("-")[2] for sheet in sheets] == ["Ana_Petrov.csv", "Bo.csv"]
    assert (results / "labelling" / "CODEBOOK.md").exists()
    fill(sheets[0])
    table = pd.read_csv(sheets[0], dtype=str, keep_default_na=False)
    table.assign(coder="Bo").to_csv(sheets[1], index=False)
    assert run("read", results, *sheets) == 0
    told = capsys.readouterr().out
    assert "160 labels on 80 statements and targets (Ana Petrov 80, Bo 80)" in told
    assert "alpha (nominal): 1.00 on 80" in told
    assert "hand label" in told
    labels = read_labels(results / "labels.parquet")
    assert labels["probability"].notna().all()
    assert run("plan", results, "--half-width", 0.2) == 0
    assert "NATO" in capsys.readouterr().out


def test_larger_sample_asks_only_for_the_rest_and_renews_the_chances(results, capsys):
    run("sample", results, "--n", 40, "--by", "target", "--coder", "Bo")
    (first,) = (results / "labelling").glob("*.csv")
    table = pd.read_csv(first, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    table.assign(label=list(table[KEY].merge(TRUTH, on=KEY, how="left")["truth"])).to_csv(first, index=False)
    run("read", results, first)
    run("sample", results, "--n", 100, "--by", "target", "--coder", "Bo")
    (second,) = set((results / "labelling").glob("*.csv")) - {first}
    table = pd.read_csv(second, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert len(table) == 60
    table.assign(label=list(table[KEY].merge(TRUTH, on=KEY, how="left")["truth"])).to_csv(second, index=False)
    before = read_labels(results / "labels.parquet")
    assert run("read", results, second) == 0
    labels = read_labels(results / "labels.parquet")
    pd.testing.assert_frame_equal(labels[: len(before)], before)
    last = current(labels)
    assert len(last) == 100
    sizes = SCORES["target"].value_counts()
    assert all(row["probability"] == pytest.approx(50 / sizes[row["target"]]) for _, row in last.iterrows())


def test_wrong_sheet_changes_nothing(results, capsys):
    run("sample", results, "--n", 10, "--coder", "Bo")
    (sheet,) = (results / "labelling").glob("*.csv")
    assert run("read", results, sheet) == 1
    assert "none of its 10 rows has a label yet" in capsys.readouterr().err
    assert not (results / "labels.parquet").exists()


def test_renamed_sheets_are_found_and_foreign_ones_refused(results, capsys, tmp_path):
    run("sample", results, "--n", 10, "--coder", "Bo")
    (sheet,) = (results / "labelling").glob("*.csv")
    table = pd.read_csv(sheet, dtype=str, keep_default_na=False, encoding="utf-8-sig").assign(label="neutral")
    table.to_csv(tmp_path / "mine.csv", index=False)
    assert run("read", results, tmp_path / "mine.csv") == 0
    table.assign(sample="ffff").to_csv(tmp_path / "foreign.csv", index=False)
    assert run("read", results, tmp_path / "foreign.csv") == 1
    assert "its sample is not in" in capsys.readouterr().err


def test_no_results_folder(tmp_path, capsys):
    assert run("sample", tmp_path / "none") == 1
    assert "is not the folder of a finished stance run" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        run("sample")
    assert caught.value.code == 2
