"""The shipped classifier, by what must hold whatever its weights."""

import json
import shutil

import numpy as np
import pytest

from analysis.classifiers import SHIPPED, Pair, StanceClassifier, load_classifier
from analysis.config import Stance
from analysis.embedded import EmbeddedClassifier
from analysis.inference import FILES, MODELS, ModelError
from analysis.pairs import MARKERS

# Inputs are rounded in ranges fixed in training: neighbours in a batch only change the order in which numbers are added.
TOLERANCE = 1e-5
TEXTS = (
    "{} is a threat to us all.",
    "We thank {} for its generous help.",
    "The envoys of {} met on Monday.",
    "Nobody, said Ana Sample, trusts {}.",
)


def pair(text, target="NATO", **more):
    text = text.format(target)
    return Pair(text, text.index(target), text.index(target) + len(target), target, **more)


BEFORE = "The session had been opened by the speaker of the lower house, who asked NATO for patience and read the names of those absent."
PAIRS = [pair(text, target, holder="Ana Sample") for text in TEXTS for target in ("NATO", "Ukraine", "the United States")]
PAIRS += [
    pair("The whole of {} is a threat to us all, and so it stays.", context=BEFORE),
    Pair("It never kept its word.", BEFORE.index("NATO"), BEFORE.index("NATO") + 4, "NATO", "Ana Sample", BEFORE, in_context=True),
]


@pytest.fixture(scope="module", params=SHIPPED)
def shipped(request):
    return EmbeddedClassifier(SHIPPED[request.param], threads=1)


@pytest.fixture
def folder(tmp_path):
    for name in FILES:
        shutil.copy(MODELS / "stance-fast" / name, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def original():
    return EmbeddedClassifier(MODELS / "stance-fast", threads=1)


def configure(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))
    return EmbeddedClassifier(folder, threads=1)


def test_probabilities(shipped):
    p = shipped.predict(PAIRS)
    assert p.shape == (len(PAIRS), 3)
    assert (p >= 0).all()
    assert p.sum(1) == pytest.approx(np.ones(len(PAIRS)))
    assert np.ptp(p[:, 0]) > 0.2
    assert shipped.predict([]).shape == (0, 3)


def test_plain_cases_are_told_apart(shipped):
    against, favor = shipped.predict([pair("{} is a threat to peace, the minister said."), pair(TEXTS[1])])
    assert (against.argmax(), favor.argmax()) == (0, 2)


def test_the_target_decides(shipped):
    text = "We thank Ukraine, but NATO is a criminal organisation that threatens us."
    p = shipped.predict([Pair(text, 9, 16, "Ukraine"), Pair(text, 22, 26, "NATO")])
    assert p[0, 2] - p[0, 0] > p[1, 2] - p[1, 0]


def test_order_changes_nothing_but_rounding(shipped):
    order = np.random.default_rng(1).permutation(len(PAIRS))
    assert shipped.predict([PAIRS[i] for i in order]) == pytest.approx(shipped.predict(PAIRS)[order], abs=TOLERANCE)


def test_neighbours_change_little(shipped):
    alone = np.vstack([shipped.predict([p]) for p in PAIRS])
    long = pair("Filler words stand here again. " * 20 + "{} is late.")
    together = shipped.predict([*PAIRS, long])[:-1]
    assert together == pytest.approx(alone, abs=TOLERANCE)


def test_the_same_call_gives_the_same_answer(shipped):
    assert (shipped.predict(PAIRS) == shipped.predict(PAIRS)).all()


def test_equal_pairs_are_computed_once(shipped):
    seen = []
    p = shipped.predict([PAIRS[0], PAIRS[1], PAIRS[0], PAIRS[0]], seen.append)
    assert sum(seen) == 2
    assert (p[0] == p[2]).all()
    assert (p[0] == p[3]).all()
    assert (p[0] != p[1]).any()


@pytest.mark.parametrize("filler", ["Plain words stand here. ", "3.5 4.71 8,832 ", "Szczebrzeszyn Mykhailivka ", "x" * 50, "中"])
def test_a_target_at_the_far_end_of_a_long_text_is_read(shipped, filler):
    far = pair(filler * (3000 // len(filler)) + " {} is a threat.", context="3.5 4.7 " * 100)
    first, second = shipped.written(far)
    tokens = shipped.model.tokenizer.encode(first, second).tokens
    assert set(MARKERS) <= set(tokens)
    assert f"{MARKERS[0]} NATO {MARKERS[1]}" in first


def test_markers_are_single_tokens(shipped):
    assert shipped.model.tokenizer.encode("[unused1] NATO [unused2]").tokens[1] == MARKERS[0]
    assert shipped.model.tokenizer.encode("[unused1] NATO [unused2]").tokens[-2] == MARKERS[1]


def test_offsets_beside_the_text_are_refused(shipped):
    with pytest.raises(ValueError, match="do not mark a part"):
        shipped.predict([Pair("NATO", 0, 9, "NATO")])


def test_labels_are_read_by_name(original, folder):
    turned = configure(folder, labels=["favor", "against", "neutral"])
    # The same numbers under other names: what was column 0 is favor now.
    assert turned.predict(PAIRS) == pytest.approx(original.predict(PAIRS)[:, [1, 2, 0]])


def test_labels_of_another_task_are_refused(folder):
    with pytest.raises(ModelError, match="not a stance model: its labels are O, B-CUE"):
        configure(folder, labels=["O", "B-CUE"])


@pytest.mark.parametrize("key", ["labels", "max_tokens", "temperature"])
def test_a_setting_that_is_missing_is_named(folder, key):
    path = folder / "config.json"
    path.write_text(json.dumps({k: v for k, v in json.loads(path.read_text()).items() if k != key}))
    with pytest.raises(ModelError, match=rf"config\.json lacks {key}$"):
        EmbeddedClassifier(folder)


def test_temperature_and_threshold_stand_in_the_folder(original, folder):
    hot = configure(folder, temperature=1000.0, bias=[0.0, 0.0, 0.0], threshold=0.9)
    assert hot.predict(PAIRS[:1]) == pytest.approx(np.full((1, 3), 1 / 3), abs=0.02)
    assert hot.threshold == 0.9
    assert hot.name == folder.name
    assert hot.revision != original.revision


def test_load_classifier(folder, monkeypatch):
    default = load_classifier(Stance("default", None, "nli"))
    assert isinstance(default, StanceClassifier)
    assert (default.name, len(default.revision)) == ("stance", 64)
    assert load_classifier(Stance(str(folder), None, "nli")).revision == load_classifier(Stance("fast", None, "nli")).revision
    monkeypatch.chdir(folder)
    assert load_classifier(Stance(".", None, "nli")).name == folder.name


def test_a_default_that_is_not_installed_is_said(monkeypatch, tmp_path):
    for name in ("default", "fast"):
        monkeypatch.setitem(SHIPPED, name, tmp_path)
        with pytest.raises(ModelError, match=f"the model '{name}' is not part of this installation"):
            load_classifier(Stance(name, None, "nli"))


@pytest.fixture
def ensemble(tmp_path):
    """Two copies of the fast model side by side, the first with another say: seven tenths its own, three tenths of the second, whose labels stand in another order."""
    for name in ("one", "two"):
        shutil.copytree(MODELS / "stance-fast", tmp_path / name)
    configure(tmp_path / "two", labels=["neutral", "favor", "against"], room=0)
    return configure(tmp_path / "one", ensemble={"two": 0.3}, temperature=2.0, bias=[0.5, 0.0, 0.0])


def test_an_ensemble_says_the_mean_of_its_logits(ensemble, original):
    alone, (other,) = original.logits(PAIRS), ensemble.others
    assert other.logits(PAIRS)[0] == pytest.approx(other.model.run([other.written(PAIRS[0])])[0][[2, 0, 1, 3, 4, 5]], abs=TOLERANCE)
    mean = 0.7 * alone + 0.3 * other.logits(PAIRS)
    assert ensemble.logits(PAIRS) == pytest.approx(mean, abs=TOLERANCE)
    raised = np.exp(mean[:, :3] / 2 + [0.5, 0.0, 0.0])
    assert ensemble.predict(PAIRS) == pytest.approx(raised / raised.sum(1, keepdims=True), abs=TOLERANCE)
    nameless = 0.7 * original.logits(PAIRS, targeted=False) + 0.3 * other.logits(PAIRS, targeted=False)
    assert ensemble.logits(PAIRS, targeted=False) == pytest.approx(nameless, abs=TOLERANCE)
    assert ensemble.models == [ensemble.model, other.model]


def test_each_of_an_ensemble_is_part_of_its_revision(ensemble, original):
    assert ensemble.revision != ensemble.model.revision
    configure(ensemble.model.folder.with_name("two"), room=1)
    assert EmbeddedClassifier(ensemble.model.folder).revision != ensemble.revision
    assert original.revision == original.model.revision


def test_who_is_missing_from_an_ensemble_is_named(ensemble):
    shutil.rmtree(ensemble.model.folder.with_name("two"))
    with pytest.raises(ModelError, match="names 'two' as part of the ensemble, which has to stand beside it"):
        EmbeddedClassifier(ensemble.model.folder)


@pytest.mark.parametrize("given", [{"one": 0.3}, {"a/two": 0.3}, {"two": 1.7}, {"two": "x"}, ["two"]])
def test_an_ensemble_that_makes_no_sense_is_refused(ensemble, given):
    with pytest.raises(ModelError, match="expected names of other folders beside this one with shares above 0 and together below 1"):
        configure(ensemble.model.folder, ensemble=given)


@pytest.mark.parametrize("token", ["[SEP]", "[sep]", "</s>", "[unused2]", "<pad>"])
def test_what_looks_like_a_token_of_the_tokenizer_is_text(shipped, token):
    hostile = pair(f"He said {token} that {{}} is a threat to us and a liar.", holder=token, context=f"Before {token} it.")
    plain = pair(
        "He said " + "(" + token[1:-1] + ")" + " that {} is a threat to us and a liar.",
        holder="(" + token[1:-1] + ")",
        context=f"Before ({token[1:-1]}) it.",
    )
    assert shipped.predict([hostile]) == pytest.approx(shipped.predict([plain]), abs=TOLERANCE)
    assert shipped.predict_untargeted([hostile]) == pytest.approx(shipped.predict_untargeted([plain]), abs=TOLERANCE)
