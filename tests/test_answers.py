"""Each answer is computed once for the same models, settings and rules; what is new is computed, and nothing else."""

import sqlite3
from dataclasses import replace

import pandas as pd
import pytest
from fakes import CONFIG, LengthClassifier, SaidTagger, go, table_bytes, write_articles

from analysis import identity
from analysis.answers import ROOMS
from analysis.engines import Task, cut_blocks, work
from analysis.store import FILE

N = 5


@pytest.fixture
def raw(tmp_path):
    return write_articles(tmp_path / "raw", N)


@pytest.fixture
def cache(tmp_path, raw):
    go(raw, cache=tmp_path / "cache")
    return tmp_path / "cache"


def asked(raw, cache, config=CONFIG, tagger=None, classifier=None, **options):
    """Run, and return how many texts and pairs the models were asked about, and the results."""
    tagger, classifier = tagger or SaidTagger(), classifier or LengthClassifier()
    done = go(raw, cache=cache, config=config, tagger=tagger, classifier=classifier, **options)
    return len(tagger.asked), len(classifier.asked), done


def test_tables_are_those_of_the_verbs(raw, tmp_path):
    kept, written = go(raw), go(raw, tmp_path / "out", tmp_path / "cache")
    block, _ = work(kept.tables["articles"], Task(CONFIG, SaidTagger(), LengthClassifier()))
    for name in ("statements", "mentions", "scores"):
        for results in (kept, written):
            pd.testing.assert_frame_equal(results.tables[name], getattr(block, name))
    assert len(block.scores) > N


def test_nothing_new_asks_nothing(raw, cache):
    texts, pairs, done = asked(raw, cache)
    assert (texts, pairs) == (0, 0)
    assert done.manifest["store"]["articles"] == {"from the store": N, "computed": 0}


def test_one_article_more_costs_that_article(raw, cache, tmp_path):
    write_articles(raw, 1, first=N)
    texts, pairs, done = asked(raw, cache, out=tmp_path / "more")
    mentions = done.tables["mentions"].merge(done.tables["statements"], on="statement_id")
    last = done.tables["articles"]["article_id"].iloc[-1]
    assert texts == 1 and pairs == (mentions["article_id"] == last).sum() > 0
    go(raw, tmp_path / "whole")
    assert table_bytes(tmp_path / "more") == table_bytes(tmp_path / "whole")


def test_a_changed_target_scores_only_new_pairs(raw, cache):
    first = CONFIG.targets[0]
    config = replace(CONFIG, targets=(*CONFIG.targets[1:], first, replace(first, name="Freedonia", names=("Freedonia",), metonyms=())))
    texts, pairs, done = asked(raw, cache, config)
    assert texts == 0
    assert pairs == (done.tables["scores"]["target"] == "Freedonia").sum() == 1


@pytest.mark.parametrize("change", [{"from_context": True}, {"indirect": True}])
def test_settings_of_finding_leave_attributions(raw, cache, change):
    assert asked(raw, cache, replace(CONFIG, **change))[0] == 0


def test_settings_of_the_summary_change_nothing(raw, cache):
    assert asked(raw, cache, replace(CONFIG, summary=replace(CONFIG.summary, seed=9)))[:2] == (0, 0)


def test_another_model_scores_everything_and_says_so(raw, cache):
    texts, pairs, done = asked(raw, cache, classifier=LengthClassifier("2"))
    assert texts == 0 and pairs == len(done.tables["scores"])
    assert done.manifest["store"]["other model"] == "length 1"
    assert asked(raw, cache, classifier=LengthClassifier("2"))[2].manifest["store"]["other model"] == ""
    assert asked(raw, cache)[:2] == (0, 0)


def test_another_tagger_reads_everything(raw, cache):
    assert asked(raw, cache, tagger=SaidTagger("other"))[0] == N


@pytest.mark.parametrize("models", [{"tagger": SaidTagger("")}, {"classifier": LengthClassifier("")}])
def test_a_model_without_identity_is_not_kept(raw, tmp_path, models):
    for _ in range(2):
        tagger, classifier = models.get("tagger", SaidTagger()), models.get("classifier", LengthClassifier())
        tagger.asked.clear()
        classifier.asked.clear()
        texts, pairs, done = asked(raw, tmp_path / "cache", tagger=tagger, classifier=classifier)
        assert texts == N and pairs > 0
        assert "no identity or revision" in done.manifest["store"]["warnings"][0]
    assert not (tmp_path / "cache").exists()


def test_equal_pairs_are_scored_once(tmp_path):
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(
            f"---\nsource: {name}\n---\nAna Sample said NATO was early. NATO was late, and late it was again.\n"
        )
    texts, pairs, done = asked([tmp_path / "one.txt", tmp_path / "two.txt"], None)
    assert len(done.tables["scores"]) == 4
    assert (texts, pairs) == (1, 2)


def test_nothing_of_a_failed_block_is_kept(raw, tmp_path):
    class Broken(LengthClassifier):
        def predict(self, pairs, progress=None):
            return super().predict(pairs) * 2

    Broken.__qualname__ = "LengthClassifier"
    with pytest.raises(ValueError, match="expected three probabilities"):
        asked(raw, tmp_path / "cache", classifier=Broken())
    assert asked(raw, tmp_path / "cache")[:2] == (N, asked(raw, None)[1])


def test_a_changed_value_is_computed_again(raw, cache, tmp_path):
    database = sqlite3.connect(cache / FILE)
    assert database.execute("UPDATE answers SET value = zeroblob(LENGTH(value))").rowcount > N
    database.commit()
    database.close()
    texts, pairs, done = asked(raw, cache, out=tmp_path / "out")
    assert texts == N and pairs > 0
    assert any("damaged" in line for line in done.manifest["store"]["warnings"])
    go(raw, tmp_path / "whole")
    assert table_bytes(tmp_path / "out") == table_bytes(tmp_path / "whole")
    assert asked(raw, cache)[:2] == (0, 0)


def test_rules_follow_imports_and_word_lists(monkeypatch, tmp_path):
    for name, text in {
        "a.py": "from analysis.b import x",
        "b.py": 'L = Path(__file__).with_name("b.yml")',
        "c.py": "",
        "b.yml": "1",
    }.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(identity, "ROOM", tmp_path)
    seen = []
    for name in (None, "c.py", "b.py", "b.yml", "a.py"):
        if name:
            (tmp_path / name).write_text((tmp_path / name).read_text() + "\n#")
        identity.rules.cache_clear()
        seen.append(identity.rules("a"))
    identity.rules.cache_clear()
    assert seen[0] == seen[1] and len(set(seen[1:])) == 4


def test_word_lists_of_the_speakers_are_rules():
    read = {name for path in identity.ROOM.glob("*.py") for name in identity._READ.findall(path.read_text(encoding="utf-8"))}
    assert {"names.yml", "aliases.yml"} <= read


def test_blocks_hold_every_article_once_in_order():
    articles = pd.DataFrame({"text": ["aaaa", "bb", "cc", "d" * 9, "e"]})
    assert ["".join(part["text"]) for part in cut_blocks(articles, 5)] == ["aaaa", "bbcc", "d" * 9, "e"]
    assert list(cut_blocks(articles[:0], 5)) == []


def test_another_way_of_packing_is_another_key(tmp_path, monkeypatch):
    for path in [*identity.ROOM.glob("*.py"), *identity.ROOM.glob("*.yml")]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(identity, "ROOM", tmp_path)
    before = identity.rules.__wrapped__(*ROOMS)
    assert identity.rules.__wrapped__(*ROOMS) == before
    with (tmp_path / "packed.py").open("a", encoding="utf-8") as file:
        file.write("# another way\n")
    assert identity.rules.__wrapped__(*ROOMS) != before
