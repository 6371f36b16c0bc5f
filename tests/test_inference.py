"""Model folders, batches and numbers."""

import pickle
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.classifiers import SHIPPED
from analysis.inference import FILES, MODELS, ModelError, OnnxModel, batches, padded, softmax
from analysis.meanwhile import meanwhile


@pytest.fixture
def folder(tmp_path):
    """A folder like the shipped one, without its weights."""
    for name in FILES[1:]:
        shutil.copy(MODELS / "stance" / name, tmp_path / name)
    (tmp_path / FILES[0]).write_bytes(b"weights")
    return tmp_path


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=60), st.integers(1, 100), st.booleans())
def test_every_row_in_one_batch_within_the_budget(segments, budget, narrows):
    firsts, lengths = [a for a, _ in segments], [a + b for a, b in segments]
    made = list(batches(lengths, budget, firsts if narrows else None))
    assert sorted(i for rows in made for i in rows) == list(range(len(lengths)))
    for rows in made:
        assert len(rows) == 1 or len(rows) * max(lengths[i] for i in rows) <= budget
    order = [(firsts[i] // 4 if narrows else 0, lengths[i]) for rows in made for i in rows]
    assert order == sorted(order, reverse=True)


def test_batches_by_hand():
    assert list(batches([2, 9, 3, 4], 8)) == [[1], [3, 2], [0]]
    assert list(batches([20, 9, 20, 21], 42, firsts=[19, 9, 6, 16])) == [[3, 0], [1, 2]]


def test_padded():
    ids, mask = padded([[5, 6], [7]], pad=9)
    assert ids.tolist() == [[5, 6], [7, 9]]
    assert mask.tolist() == [[1, 1], [1, 0]]
    assert ids.dtype == mask.dtype == np.int64


def test_softmax():
    assert softmax(np.log([[1.0, 1.0, 2.0]])).tolist() == [pytest.approx([0.25, 0.25, 0.5])]
    assert softmax(np.log([[1.0, 4.0]]), temperature=2.0).tolist() == [pytest.approx([1 / 3, 2 / 3])]
    assert softmax(np.array([[1e4, 0.0]])).tolist() == [[1.0, 0.0]]


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(ModelError, match=rf"not a model folder, it lacks {name}$"):
        OnnxModel(folder)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ModelError, match=r"gone: not a model folder, it lacks model\.onnx, tokenizer\.json, config\.json"):
        OnnxModel(tmp_path / "gone")


@pytest.mark.parametrize(("text", "message"), [("{", "not valid JSON"), ("{}", "lacks labels, max_tokens")])
def test_an_unusable_config_is_refused(folder, text, message):
    (folder / "config.json").write_text(text)
    with pytest.raises(ModelError, match=message):
        OnnxModel(folder, settings=("labels", "max_tokens"))


def test_the_revision_changes_with_every_file_and_only_then(folder):
    first = OnnxModel(folder).revision
    assert first == OnnxModel(folder, threads=1).revision
    seen = {first}
    for name in FILES:
        with (folder / name).open("ab") as file:
            file.write(b"\n")
        seen.add(OnnxModel(folder).revision)
    (folder / "MODEL_CARD.md").write_text("changes nothing")
    assert len(seen) == 4
    assert OnnxModel(folder).revision in seen


def test_padding_stored_with_the_tokenizer_is_not_read_as_words(folder):
    model = OnnxModel(folder)
    model.tokenizer.enable_padding(length=50)
    model.tokenizer.save(str(folder / "tokenizer.json"))
    assert len(OnnxModel(folder).tokenizer.encode("one").ids) == 3


def test_truncated_to_the_models_tokens(folder):
    model = OnnxModel(folder)
    assert len(model.tokenizer.encode("one " * 1000, "two " * 1000).ids) == model.config["max_tokens"]


def test_another_process_loads_the_same_model_wherever_it_stands_or_refuses(tmp_path, monkeypatch):
    shutil.copytree(MODELS / "attribution-fast", tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    sent = pickle.dumps(OnnxModel("mine"))
    assert len(sent) < 2000
    monkeypatch.chdir("/")
    assert pickle.loads(sent).revision == OnnxModel(tmp_path / "mine").revision
    embedded = pickle.loads(pickle.dumps(OnnxModel(MODELS / "attribution-fast")))
    assert embedded.folder == MODELS / "attribution-fast"
    config = tmp_path / "mine" / "config.json"
    config.write_text(config.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(ModelError, match="another model here"):
        pickle.loads(sent)


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.4])
def test_a_program_that_ends_while_weights_load_ends_well(seconds):
    code = (
        "import time, onnxruntime; from analysis.classifiers import SHIPPED; from analysis.inference import OnnxModel; "
        "from analysis.meanwhile import meanwhile; "
        f"meanwhile(OnnxModel(SHIPPED[name]).load for name in ('default', 'fast')); time.sleep({seconds})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_step_that_fails_does_not_keep_the_next_from_being_taken():
    taken = threading.Event()
    meanwhile([lambda: 1 / 0, taken.set])
    assert taken.wait(10)


def test_memory_given_back_changes_no_answer():
    model, asked = OnnxModel(SHIPPED["fast"]), [("Ana Sample praised < NATO > .", "NATO | |")] * 3
    model.give_back()  # nothing is loaded yet
    before = model.run(asked)
    model.give_back()
    assert np.array_equal(model.run(asked), before)
