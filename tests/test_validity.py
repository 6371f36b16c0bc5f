import numpy as np
import pytest
from measure import measure
from simulate import STANCE, draw_beside, draw_corpus, draw_equal, draw_unequal, learn_by_heart, truth_of_all


@pytest.fixture(scope="module")
def found():
    return measure(300, 11).set_index(["estimator", "n_labels"])


def test_corrected_intervals_cover(found):
    # 300 replications: three standard errors are 3.8 points
    corrected = found[found.index.get_level_values(0).str.startswith("corrected")]
    assert len(corrected) == 28
    assert corrected["coverage"].between(0.91, 0.99).all()


def test_uncorrected_intervals_miss(found):
    assert found.loc["naive", "coverage"].max() < 0.5


def test_correction_beats_labels_alone(found):
    assert (found.loc["corrected, PPI++", "mean_width"] < 0.9 * found.loc["labels alone", "mean_width"]).all()


def test_chances_of_the_unequal_draw_are_those_it_draws_with():
    corpus = draw_corpus(200, np.random.default_rng(0))
    drawn, chance = draw_unequal(corpus, 120, np.random.default_rng(1))
    assert drawn.sum() == 120
    assert chance.sum() == pytest.approx(120)
    assert draw_equal(corpus, 80, np.random.default_rng(1)).sum() == 80


def test_classifier_is_biased_where_it_is_used():
    corpus = draw_corpus(20_000, np.random.default_rng(0))
    assert corpus.probabilities.sum(axis=1) == pytest.approx(np.ones(len(corpus.truth)))
    assert (corpus.probabilities @ STANCE).mean() - truth_of_all(articles=20_000) @ STANCE > 0.1


def test_what_is_learnt_by_heart_is_chosen_not_drawn():
    corpus = draw_corpus(2000, np.random.default_rng(0))
    trained, known = learn_by_heart(corpus, 0.3, np.random.default_rng(1))
    assert known.mean() == pytest.approx(0.3, abs=0.01)
    assert (trained.probabilities.argmax(axis=1)[known] == corpus.truth[known]).all()
    assert (trained.probabilities[~known] == corpus.probabilities[~known]).all()
    # hostile statements stand in it more often, so to take it for a sample would be wrong
    assert STANCE[corpus.truth[known]].mean() < STANCE[corpus.truth].mean() - 0.2
    labelled, chance = draw_beside(known, 100, np.random.default_rng(2))
    assert labelled[known].all() and 50 < (labelled & ~known).sum() < 100
    assert set(chance[known]) == {1.0}
