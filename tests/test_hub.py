"""Hugging Face models, with tiny random ones made here. Needs the extra `hub`, which `make test` installs; without it this file says so and stops."""

import builtins
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from analysis.classifiers import Pair, load_classifier
from analysis.config import Stance
from analysis.hub import HYPOTHESES, HubClassifier
from analysis.inference import ModelError, softmax

SHA = "0123456789abcdef0123456789abcdef01234567"
NLI = ("contradiction", "neutral", "entailment")
WORDS = "nato is a threat . against the author ana sample this statement critical of takes no position on neutral toward in favor supportive we thank far"
PAIRS = [Pair("NATO is a threat .", 0, 4, "NATO", "Ana Sample"), Pair("we thank NATO .", 9, 13, "NATO")]


@pytest.fixture
def make(tmp_path):
    """Return a function that writes a random model with the given labels to a folder."""
    torch = pytest.importorskip("torch", reason="needs the extra hub: pip install 'stance-analysis[hub]'; make test installs it")
    import transformers

    def write(labels, seed=0, kind="Bert", name="model"):
        folder = tmp_path / name
        folder.mkdir()
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(WORDS.split())]
        (folder / "vocab.txt").write_text("\n".join(words))
        names = {"id2label": dict(enumerate(labels)), "label2id": {x: i for i, x in enumerate(labels)}, "vocab_size": len(words)}
        size = {"Bert": {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16, "initializer_range": 1.0},
                "DistilBert": {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16, "initializer_range": 1.0}}[kind]  # fmt: skip
        torch.manual_seed(seed)
        config = getattr(transformers, f"{kind}Config")(**names, **size)
        getattr(transformers, f"{kind}ForSequenceClassification")(config).save_pretrained(folder)
        transformers.BertTokenizer(vocab={w: i for i, w in enumerate(words)}, do_lower_case=True).save_pretrained(folder)
        return str(folder)

    return write


def logits(model, first, second):
    """Ask transformers itself, one pair at a time."""
    import torch
    import transformers

    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    network = transformers.AutoModelForSequenceClassification.from_pretrained(model).eval()
    with torch.no_grad():
        return network(**tokenizer(first, second, return_tensors="pt")).logits[0].double().numpy()


@pytest.mark.parametrize("kind", ["Bert", "DistilBert"])
def test_nli_compares_entailment_averaged_over_wordings(make, kind):
    model = make(NLI, kind=kind)
    p = HubClassifier(model, None, "nli").predict(PAIRS)
    assert p.sum(1) == pytest.approx([1, 1])
    for row, pair in zip(p, PAIRS, strict=True):
        asked = [[w.format(target="NATO", holder=pair.holder or "The author") for w in wordings] for wordings in HYPOTHESES.values()]
        means = np.array([np.mean([logits(model, pair.text, w)[2] for w in wordings]) for wordings in asked])
        assert row == pytest.approx(softmax(means), abs=1e-5)


def test_entailment_is_found_by_name(make):
    a = HubClassifier(make(NLI), None).predict(PAIRS)
    b = HubClassifier(make(("ENTAILMENT", "neutral", "contradiction"), name="turned"), None).predict(PAIRS)
    assert abs(a - b).max() > 0.01
    two = HubClassifier(make(("not_entailment", "entailment"), name="two"), None)
    assert two.columns == [1]


@pytest.mark.parametrize("labels", [("negative", "neutral", "positive"), ("Positive", "Negative", "Neutral"), ("favor", "none", "against")])
def test_classes_are_mapped_by_name(make, labels):
    model = make(labels)
    p = HubClassifier(model, None, "target").predict(PAIRS)
    order = [
        next(i for i, x in enumerate(labels) if x.lower() in names)
        for names in ({"negative", "against"}, {"neutral", "none"}, {"positive", "favor"})
    ]
    for row, pair in zip(p, PAIRS, strict=True):
        assert row == pytest.approx(softmax(logits(model, pair.text, "NATO"))[order], abs=1e-5)


def test_wordings_of_ones_own(make):
    model = make(NLI)
    mine = {"against": ("against {target}", "a threat"), "neutral": ("no", "on"), "favor": ("in favor", "we thank {target}", "is")}
    p = HubClassifier(model, None, "nli", mine).predict(PAIRS[:1])
    means = [np.mean([logits(model, PAIRS[0].text, w.format(target="NATO"))[2] for w in wordings]) for wordings in mine.values()]
    assert p[0] == pytest.approx(softmax(np.array(means)), abs=1e-5)


@pytest.mark.parametrize("wrong", [{"against": ("a", "b"), "favor": ("c", "d")}, {**HYPOTHESES, "neutral": ("only one",)}])
def test_fewer_wordings_are_refused(make, wrong):
    with pytest.raises(ModelError, match="two or more wordings for each of against, neutral, favor"):
        HubClassifier(make(NLI), None, "nli", wrong)


def test_many_rows_keep_their_order(make):
    classifier, seen = HubClassifier(make(("negative", "neutral", "positive")), None, "target"), []
    pairs = [PAIRS[i % 3 == 0] for i in range(37)]
    p = classifier.predict(pairs, seen.append)
    one, other = classifier.predict(PAIRS)
    assert p == pytest.approx(np.array([other if i % 3 == 0 else one for i in range(37)]), abs=1e-5)
    assert sum(seen) == 37
    assert classifier.predict([]).shape == (0, 3)


def test_a_mention_far_in_a_long_text_is_read(make):
    model = make(("negative", "neutral", "positive"))
    before, pair = "far " * 2000, PAIRS[0]
    p = HubClassifier(model, None, "target").predict([Pair(before + pair.text, len(before), len(before) + 4, "NATO")])
    assert p[0] == pytest.approx(softmax(logits(model, "far " * 125 + pair.text, "NATO")), abs=1e-5)
    assert abs(p[0] - softmax(logits(model, "far " * 508, "NATO"))).max() > 1e-4


@pytest.mark.parametrize(
    ("labels", "kind", "message"),
    [
        (("LABEL_0", "LABEL_1", "LABEL_2"), "nli", "not an NLI model.*label_0, label_1, label_2"),
        (("LABEL_0", "LABEL_1", "LABEL_2"), "target", "expected three classes.*label_0"),
        (("negative", "positive"), "target", "expected three classes"),
        (("negative", "neg", "positive"), "target", "expected three classes"),
        (NLI, "sentiment", "stance.kind is 'sentiment'; it must be nli or target"),
    ],
)
def test_labels_that_are_not_understood(make, labels, kind, message):
    with pytest.raises(ModelError, match=message):
        HubClassifier(make(labels), None, kind)


@pytest.mark.parametrize("revision", [None, "main", "v1.0", SHA[:7], SHA.upper(), SHA + "0", ""])
def test_a_revision_that_may_move_is_refused(make, revision):
    with pytest.raises(ModelError, match="pin the model by its full commit hash of 40 characters"):
        load_classifier(Stance("someone/model", revision, "nli"))


def test_a_folder_that_is_not_there(make, tmp_path):
    with pytest.raises(ModelError, match="gone: no such folder"):
        load_classifier(Stance(str(tmp_path / "gone"), None, "nli"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError, match="empty: cannot be loaded"):
        load_classifier(Stance(str(tmp_path / "empty"), None, "nli"))


def test_the_revision_of_a_folder_changes_with_its_files(make):
    model = make(NLI)
    first = load_classifier(Stance(model, None, "nli"))
    assert (first.name, first.threshold, len(first.revision)) == (model, 0.0, 64)
    assert first.revision == load_classifier(Stance(model, SHA, "nli")).revision
    shutil.copy(os.path.join(make(NLI, seed=1, name="retrained"), "model.safetensors"), model)  # noqa: PTH118
    assert HubClassifier(model, None).revision != first.revision


@pytest.mark.parametrize("absent", ["torch", "transformers"])
def test_a_missing_extra_gives_the_command(monkeypatch, absent):
    real = builtins.__import__

    def refuse(name, *rest, **more):
        if name == absent:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ModelError, match=r"install it with: pip install 'stance-analysis\[hub\]'$"):
        HubClassifier("someone/model", SHA)


ASK = """
import json, sys
from analysis.classifiers import Pair
from analysis.hub import HubClassifier
for revision in sys.argv[1:]:
    try:
        c = HubClassifier("someone/model", revision, "target")
        print(json.dumps([c.revision, c.predict([Pair("NATO is a threat .", 0, 4, "NATO")]).tolist()]))
    except ValueError as error:
        print(json.dumps([type(error).__name__, str(error)]))
"""


def test_the_pinned_revision_is_the_one_that_answers(make, tmp_path):
    """Two revisions in the cache of Hugging Face, no network: the hash chooses, and one that is not there is an error."""
    labels, other = ("negative", "neutral", "positive"), SHA[::-1]
    cache = tmp_path / "hf" / "hub" / "models--someone--model" / "snapshots"
    expected = {}
    for seed, sha in enumerate((SHA, other)):
        model = make(labels, seed=seed, name=sha)
        expected[sha] = HubClassifier(model, None, "target").predict(PAIRS[:1])
        shutil.copytree(model, cache / sha)
    environment = {**os.environ, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    for name in ("HF_HUB_CACHE", "TRANSFORMERS_CACHE"):
        environment.pop(name, None)

    done = subprocess.run([sys.executable, "-c", ASK, other, "f" * 40], capture_output=True, text=True, env=environment, check=False)
    (revision, p), missing = map(json.loads, done.stdout.splitlines())
    assert revision == other
    assert np.array(p) == pytest.approx(expected[other], abs=1e-5)
    assert abs(expected[other] - expected[SHA]).max() > 1e-3
    assert missing[0] == "ModelError"
    assert missing[1].startswith("someone/model: cannot be loaded")


def test_another_process_loads_the_same_model_or_refuses(make, tmp_path):
    import pickle

    model = make(("negative", "neutral", "positive"))
    sent = pickle.dumps(HubClassifier(model, None, "target"))
    again = pickle.loads(sent)
    assert (again.predict(PAIRS) == HubClassifier(model, None, "target").predict(PAIRS)).all()
    other = make(("negative", "neutral", "positive"), seed=1, name="other")
    shutil.copytree(other, model, dirs_exist_ok=True)
    with pytest.raises(ModelError, match="than where the run was started"):
        pickle.loads(sent)


def test_a_rerun_with_nothing_new_does_not_load_the_model(make, tmp_path, monkeypatch):
    from fakes import CONFIG, SaidTagger, write_articles

    from analysis.pipeline import run

    raw = write_articles(tmp_path / "raw", 3)
    config = replace(CONFIG, stance=Stance(make(("negative", "neutral", "positive")), None, "target"))

    def again():
        return run(raw, config, tmp_path / "out", tagger=SaidTagger(), cache=tmp_path / "cache").manifest["store"]["pairs"]

    assert again()["computed"] > 0
    monkeypatch.setattr(HubClassifier, "__init__", lambda *args: pytest.fail("it was loaded"))
    assert again()["computed"] == 0
    (raw / "more.txt").write_text("Ana Sample said NATO was late.\n", encoding="utf-8")
    with pytest.raises(pytest.fail.Exception, match="it was loaded"):
        again()
