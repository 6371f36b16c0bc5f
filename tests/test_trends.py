import numpy as np
import pandas as pd
import pytest
from stats_tables import corpus, scored

from analysis.groups import join
from analysis.trends import read_events, smooth_stance


def daily(labels, start="2022-01-01"):
    rows = scored([(f"a{i:03d}", "NATO", "Ana", label) for i, label in enumerate(labels)])
    return rows.assign(published=pd.Timestamp(start) + pd.to_timedelta(np.arange(len(rows)), unit="D"))


def test_kernel_average_by_hand():
    # two articles a day apart, bandwidth one day: on the first day weights 1 and exp(-1/2)
    line = smooth_stance(daily(["favor", "against"]), every="day", min_articles=1)
    weight = np.exp(-0.5)
    assert line["smooth"].iloc[0] == pytest.approx(0.7 * (1 - weight) / (1 + weight))
    assert line["smooth"].iloc[1] == pytest.approx(-line["smooth"].iloc[0])


def test_constant_stance_is_a_flat_line_without_a_band():
    line = smooth_stance(daily(["favor"] * 40), every="week")
    assert line[["smooth", "low", "high"]].dropna().to_numpy() == pytest.approx(0.7)


def test_gap_in_the_dates_is_a_gap_in_the_line():
    rows = daily(["favor", "against"] * 20)
    rows.loc[20:, "published"] += pd.Timedelta(days=100)
    line = smooth_stance(rows, every="week").set_index("day")
    assert np.isnan(line.loc["2022-03-10", "smooth"])
    assert line.loc[["2022-01-10", "2022-05-10"], "smooth"].notna().all()
    assert line.loc["2022-03-10", "n_articles"] == 0


def test_too_few_articles_make_no_line():
    assert smooth_stance(daily(["favor"] * 4), every="month")["smooth"].isna().all()
    assert smooth_stance(daily(["favor"] * 5), every="month")["smooth"].notna().all()


def test_band_holds_the_line_and_long_spans_have_few_points():
    scores, statements, _, articles, _ = corpus(200)
    line = smooth_stance(join(scores, statements, articles), every="quarter")
    known = line.dropna()
    assert ((known["low"] <= known["smooth"]) & (known["smooth"] <= known["high"])).all()
    assert line.groupby("target").size().max() <= 200


def test_errors():
    rows = daily(["favor"])
    with pytest.raises(ValueError, match="unknown period 'fortnight'; periods are day, week"):
        smooth_stance(rows, every="fortnight")
    with pytest.raises(ValueError, match="bandwidth is 0"):
        smooth_stance(rows, bandwidth=0)


def test_events_from_yaml_and_csv(tmp_path):
    (tmp_path / "e.yml").write_text("2022-05-18: Two countries apply\n2022-02-24: Invasion\n", encoding="utf-8")
    (tmp_path / "e.csv").write_text("date,event\n2022-05-18,Two countries apply\n2022-02-24,Invasion\n", encoding="utf-8")
    events = read_events(tmp_path / "e.yml")
    assert list(events["event"]) == ["Invasion", "Two countries apply"]
    assert events["date"].iloc[0] == pd.Timestamp("2022-02-24")
    pd.testing.assert_frame_equal(events, read_events(tmp_path / "e.csv"))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("e.yml", "- a\n", "expected lines such as"),
        ("e.yml", "someday: Invasion\n", "entry 1: 'someday' is not a date"),
        ("e.csv", "when,event\n", "no column 'date'; it has when, event"),
        ("e.txt", "x", "not .txt"),
    ],
)
def test_broken_events_are_named(tmp_path, name, content, message):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_events(tmp_path / name)
