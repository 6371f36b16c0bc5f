"""Which words carried the stance, with a classifier whose reasons are known."""

import numpy as np
import pandas as pd
import pytest

from analysis.classifiers import Pair
from analysis.drawing import FAVOR
from analysis.occlusion import MOST, PROPOSED, STATEMENTS_A_CALL, explain, explain_clearly, explain_many, highlight_words, show_words


class Counts:
    """In favor by the share of "good", against by that of "bad", whatever else is said."""

    name, revision, threshold = "counts", "1", 0.0

    def predict(self, pairs, progress=None):
        self.asked = list(pairs)
        p = np.array([[0.2 * ("bad" in x.text), 0, 0.3 * ("good" in x.text) + 0.3 * ("fine" in x.text)] for x in pairs])
        p[:, 1] = 1 - p.sum(1)
        return p


def pair(text, target="NATO", **more):
    return Pair(text, text.index(target), text.index(target) + len(target), target, **more)


def test_weights_by_hand():
    words = explain(pair("A good plan that NATO made, not bad at all"), Counts()).set_index("word")["weight"]
    # "good": alone 0.3, with its neighbours 0.3; its neighbours only half of that, by standing beside it
    assert words["good"] == pytest.approx(0.3)
    assert words["A"] == words["plan"] == pytest.approx(0.15)
    assert words["bad"] == pytest.approx(-0.2)
    assert words["made"] == 0


def test_the_mention_is_never_left_out_nor_moved():
    classifier = Counts()
    explain(pair("Oh, good old NATO’s friends", "NATO’s"), classifier)
    assert {p.surface for p in classifier.asked} == {"NATO’s"}


def test_words_that_say_the_same_do_not_hide_each_other():
    class Either(Counts):
        def predict(self, pairs, progress=None):
            favor = np.array([0.8 * ("good" in x.text or "fine" in x.text) for x in pairs])
            return np.stack([0 * favor, 1 - favor, favor], 1)

    words = explain(pair("NATO is good fine help"), Either()).set_index("word")["weight"]
    assert words["good"] == words["fine"] == pytest.approx(0.4)


def test_many_are_explained_as_one_by_one_in_fewer_calls():
    class Calls(Counts):
        calls = 0

        def predict(self, pairs, progress=None):
            Calls.calls += 1
            return super().predict(pairs)

    pairs = [pair(f"A good plan {i} that NATO made, not bad at all") for i in range(STATEMENTS_A_CALL + 1)]
    pairs += [pair("NATO"), pairs[0]]
    ticks = []
    found = explain_many(pairs, Calls(), ticks.append)
    assert Calls.calls == 2
    assert sum(ticks) == len(pairs) and len(ticks) == 2
    for one, words in zip(pairs, found, strict=True):
        pd.testing.assert_frame_equal(words, explain(one, Counts()))


def test_only_the_words_that_weigh_most_with_the_proposer_are_asked_about():
    class Slow(Counts):
        asked_of_all = 0

        def predict(self, pairs, progress=None):
            self.asked_of_all += len(pairs)
            return np.array([[0.9 * ("they" in x.text), 0.1, 0.9 * ("they" not in x.text)] for x in pairs])

    one, slow = pair("A good plan that NATO made, not bad at all, as they say"), Slow()
    words = explain_many([one], slow, proposer=Counts())[0]
    assert slow.asked_of_all == 1 + 2 * PROPOSED
    assert words["word"].tolist() == ["A", "good", "plan", "bad"]  # by itself it would name "they"
    expected = explain(one, Slow())
    pd.testing.assert_frame_equal(words, expected[expected["word"].isin(words["word"])].reset_index(drop=True))


def test_where_no_proposed_word_matters_runs_are_proposed():
    class Twice(Counts):
        def predict(self, pairs, progress=None):
            favor = np.array([0.8 * any(word in x.text for word in ("good", "fine")) for x in pairs])
            return np.stack([0 * favor, 1 - favor, favor], 1)

    words = explain_clearly([pair("NATO: good and very fine help" + " for all of them and us" * 4)], Twice(), proposer=Twice())[0]
    assert len(words) == PROPOSED
    assert words.loc[words["weight"].idxmax(), "word"] == "good and very fine"


def test_a_long_statement_is_taken_apart_in_runs():
    words = explain(pair("NATO " + "word " * 500), Counts())
    assert len(words) <= MOST
    assert words["end"].iloc[-1] == len("NATO " + "word " * 500) - 1


def test_runs_of_words_end_at_the_mention():
    words = explain_many([pair("not one good word of NATO from any of them")], Counts(), run=4)[0]
    assert words["word"].tolist() == ["not one good word", "of", "from any of them"]
    assert words["weight"].tolist() == pytest.approx([0.3, 0.15, 0])


@pytest.mark.parametrize("text", ["NATO", "NATO!", "«NATO»"])
def test_a_mention_alone_has_no_words(text):
    words = explain(pair(text), Counts())
    assert words.empty
    assert "NATO" in highlight_words(pair(text), words)


def test_a_mention_in_the_context_leaves_every_word_to_be_asked():
    words = explain(Pair("They are good", 0, 4, "NATO", "", "NATO met.", in_context=True), Counts())
    assert words["word"].tolist() == ["They", "are", "good"]


def test_html_is_escaped_and_whole():
    p = pair('<b>bad</b> & "good" NATO')
    html = highlight_words(p, explain(p, Counts()))
    assert "<b>" not in html
    assert "&lt;" in html
    assert 'title="against 0.20">bad</span>' in html
    assert f"background:{FAVOR}99" in html  # the strongest: six tenths
    assert ">NATO</span>" in html


def test_show_words_tells_the_probabilities():
    assert "NATO: against 0.00, neutral 0.70, favor 0.30" in show_words(pair("good NATO"), Counts()).data


def test_names_on_the_surface_are_what_they_say():
    """A room named like its function would hide it behind the module."""
    import analysis

    assert all(callable(getattr(analysis, name)) for name in analysis.__all__)
