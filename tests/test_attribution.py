"""Attribution: decoding, linking and windows on hand-made scores; robustness of the shipped models."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

from analysis.attribution import Attribution, OnnxTagger, decode, load_tagger, with_quotes
from analysis.inference import MODELS, ModelError
from analysis.linking import bucket, choose
from analysis.spans import NEVER, best_spans, candidates, posteriors, span_scores
from analysis.windows import Tokens, cut, encode, most_central, paragraphs, pieces_of_lines

SETTINGS = {
    "pair": 1, "longest_span": 8, "width": 16, "overlap": 4, "link_bias": [[0.0] * 17, [0.0] * 17], "nothing": [0.0, 0.0],
    "spare": dict.fromkeys(("source", "cue", "content"), 0.9), "threshold": dict.fromkeys(("source", "cue", "content"), 0.4), "cover": dict.fromkeys(("source", "cue", "content"), 0.0),
}  # fmt: skip


def tokens_of(lines):
    """Return made-up tokens, one character each with a space between, lines given by their numbers of tokens."""
    line = [n for k, count in enumerate(lines) for n in ([-1] if k else []) + [k] * count]
    at = np.arange(len(line), dtype=np.int64) * 2
    return Tokens(np.full(len(line), 7), np.ones(len(line), dtype=np.int64), at, at + (np.array(line) >= 0), np.array(line, dtype=np.int64))


def words(vocabulary=("[UNK]",)):
    tokenizer = Tokenizer(models.WordLevel({w: k for k, w in enumerate(vocabulary)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizers.Lowercase(), pre_tokenizers.BertPreTokenizer()
    return tokenizer


# scores of spans


def test_score_of_a_span_is_the_sum_of_its_parts():
    start, end, inside = (np.array([x], dtype=np.float32) for x in ([1, 2, 3], [10, 20, 30], [100, 200, 300]))
    query, key = np.array([[[2.0], [3.0], [5.0]]], dtype=np.float32), np.array([[[7.0], [11.0], [13.0]]], dtype=np.float32)
    score = span_scores(start, end, inside, query, key, longest=2)[0]
    assert score[0, 1] == pytest.approx(1 + 20 + 100 + 200 + 2 * 11)
    assert score[2, 2] == pytest.approx(3 + 30 + 300 + 5 * 13)
    assert score[1, 0] == NEVER and score[0, 2] == NEVER  # backwards, too long


def splits(width):
    """Yield every set of disjoint spans of a line."""
    every = [(i, j) for i in range(width) for j in range(i, width)]
    for size in range(width + 1):
        for chosen in itertools.combinations(every, size):
            if all(a[1] < b[0] for a, b in itertools.pairwise(sorted(chosen))):
                yield chosen


def test_posteriors_are_the_shares_of_all_splits():
    score = np.random.default_rng(3).normal(size=(1, 4, 4)).astype(np.float32)
    score[0][np.tril_indices(4, -1)] = NEVER
    weight = {s: math.exp(sum(score[0][a] for a in s)) for s in splits(4)}
    found = posteriors(score, longest=4)[0]
    for i, j in itertools.combinations_with_replacement(range(4), 2):
        assert found[i, j] == pytest.approx(sum(w for s, w in weight.items() if (i, j) in s) / sum(weight.values()), rel=1e-4)


def test_one_token_with_score_zero_is_a_span_half_of_the_time():
    assert posteriors(np.zeros((1, 1, 1), dtype=np.float32), 1)[0, 0, 0] == pytest.approx(0.5)


def chosen(posterior, threshold, cover):
    spans = candidates(posterior)
    return [(int(a), int(b)) for a, b in spans[best_spans(spans, threshold, cover), :2]]


def test_best_spans_prefers_the_likely_and_never_overlaps():
    posterior = np.zeros((4, 4))
    posterior[0, 1], posterior[1, 3], posterior[2, 3] = 0.5, 0.45, 0.42
    assert chosen(posterior, 0.4, 0.0) == [(0, 1), (2, 3)]
    assert chosen(posterior, 0.43, 0.0) == [(0, 1)]
    assert chosen(posterior, 0.6, 0.0) == []


def test_cover_keeps_a_span_that_is_certain_but_for_its_end():
    posterior = np.zeros((3, 3))
    posterior[0, 0], posterior[0, 1], posterior[0, 2] = 0.33, 0.34, 0.33
    assert chosen(posterior, 0.4, 0.0) == []
    # Token 0 is inside for certain, token 1 with 0.67: mean 0.835, gain 0.34 - 0.4 + 0.2 * 0.335 = 0.007.
    assert chosen(posterior, 0.4, 0.2) == [(0, 1)] or chosen(posterior, 0.4, 0.2) == [(0, 0)]
    assert chosen(posterior, 0.4, 0.17) == [(0, 0)]


# windows


def test_windows_cover_every_token_and_belong_to_the_central_one():
    tokens = tokens_of([10, 10, 10])
    windows = cut(tokens, width=16, overlap=4)
    assert windows == [(0, 16), (11, 27), (22, 32)]
    assert list(most_central(windows, 32)) == [(0, 0, 14), (1, 14, 25), (2, 25, 32)]


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(9, 40), st.integers(0, 8))
def test_every_token_has_exactly_one_window(lines, width, overlap):
    tokens = tokens_of(lines)
    windows, n = cut(tokens, width, overlap), len(tokens.ids)
    owned = [t for k, a, b in most_central(windows, n) for t in range(a, b) if windows[k][0] <= t < windows[k][1]]
    assert owned == list(range(n))
    assert all(b - a <= width for a, b in windows)


def test_a_long_paragraph_is_cut_at_a_sentence_end():
    assert pieces_of_lines(tokens_of([10, 3]), 8, np.array([3, 6])) == [(0, 6), (6, 10), (11, 14)]
    assert pieces_of_lines(tokens_of([10]), 8, np.array([], dtype=np.int64)) == [(0, 8), (8, 10)]


def test_hard_wrapped_lines_are_one_paragraph_and_others_are_not():
    wrapped = "The minister said on Tuesday that the talks would go on until\nthe end of March."
    assert paragraphs(wrapped) == [(0, len(wrapped))]
    assert paragraphs("A headline\nThen a line.\n\n  \nAnother.") == [(0, 10), (11, 23), (28, 36)]


def test_shapes_tell_capitals_and_spaces():
    tokens = encode('NATO said "Yes."\nok', words(), separator=9)
    assert tokens.shape.tolist() == [6, 4, 4, 2, 1, 1, 7, 4]
    assert tokens.line.tolist() == [0, 0, 0, 0, 0, 0, -1, 1]
    assert tokens.ids[6] == 9 and tokens.start[6] == tokens.end[6]


# links


def test_distance_buckets_have_a_side():
    query, keys = np.array([[10, 12]]), np.array([[13, 14], [7, 9], [11, 11], [200, 201], [5, 7]])
    assert bucket(query, keys).tolist() == [[9, 7, 8, 16, 5]]


def test_choose_takes_the_best_near_key_or_none():
    query, key = np.array([[1.0, 0.0], [0.0, -1.0]]), np.array([[5.0, 1.0], [9.0, 2.0]])
    near = np.array([[True, True], [True, True]])
    zero = np.zeros((2, 2), dtype=np.int64)
    assert choose(query, key, zero, near, np.zeros(17), 0.0).tolist() == [1, -1]
    near[0, 1] = False
    assert choose(query, key, zero, near, np.zeros(17), 0.0).tolist() == [0, -1]
    assert choose(query, key[:0], zero[:, :0], near[:, :0], np.zeros(17), 0.0).tolist() == [-1, -1]


def test_a_partner_in_the_same_sentence_comes_first():
    query, key = np.array([[2.0]]), np.array([[1.0], [3.0]])
    zero, near = np.zeros((1, 2), dtype=np.int64), np.ones((1, 2), dtype=bool)
    assert choose(query, key, zero, near, np.zeros(17), 0.0, np.array([[8.0, 0.0]])).tolist() == [0]
    assert choose(query, key, zero, near, np.zeros(17), 0.0).tolist() == [1]
    # It helps to choose among keys, not to have one at all.
    assert choose(query, key, zero, near, np.zeros(17), 7.0, np.array([[8.0, 0.0]])).tolist() == [-1]


# from scores to attributions


def scores_for(n, spans, links):
    """Return scores of ``n`` tokens that make ``spans`` (role number, first, last) certain; ``links`` gives vectors (token, which, value)."""
    scores = np.zeros((n, 3 * 5 + 4), dtype=np.float32)
    scores[:, [0, 1, 2, 5, 6, 7, 10, 11, 12]] = -20.0
    for role, first, last in spans:
        scores[first : last + 1, 5 * role + 2] = 0.0
        scores[first, 5 * role] = scores[last, 5 * role + 1] = 10.0
    for token, which, value in links:
        scores[token, 15 + which] = value
    return scores


def test_decode_links_two_contents_to_one_cue_and_its_source():
    text = "a b c d e f g h"  # content a b, source c, cue d, content e f, and a lone cue h
    spans = [(2, 0, 1), (0, 2, 2), (1, 3, 3), (2, 4, 5), (1, 7, 7)]
    links = [(0, 0, 1), (1, 0, 1), (4, 0, 1), (5, 0, 1), (3, 1, 5), (7, 1, -5), (3, 2, 3), (2, 3, 3), (7, 2, -3)]
    assert decode(text, tokens_of([8]), scores_for(8, spans, links), SETTINGS) == [
        Attribution(source=((4, 5),), cue=((6, 7),), content=((0, 3), (8, 11))),
        Attribution(source=(), cue=((14, 15),), content=()),
    ]


def test_decode_keeps_a_content_without_cue_and_spans_end_with_the_paragraph():
    found = decode("a b . c d", tokens_of([2, 2]), scores_for(5, [(2, 0, 4)], []), SETTINGS)
    assert all(not (p[0] < 4 <= p[1]) for a in found for p in a.content)
    assert decode("a b", tokens_of([2]), scores_for(2, [(2, 0, 1)], []), SETTINGS) == [Attribution((), (), ((0, 3),))]


def test_a_cue_without_content_makes_a_less_likely_content_believable():
    scores = scores_for(3, [(1, 0, 0)], [(0, 1, 5), (1, 0, 1), (2, 0, 1)])  # cue a, contents b and c are possible
    scores[1, 10:13], scores[2, 10:13] = [math.log(0.3 / 0.7), 0, 0], [math.log(0.2 / 0.8), 0, 0]
    with_spare = {**SETTINGS, "longest_span": 1, "spare": {"source": 0.1, "cue": 0.1, "content": 0.1}}
    cue = Attribution((), ((0, 1),), ())
    assert decode("a b c", tokens_of([3]), scores, {**with_spare, "spare": SETTINGS["spare"]}) == [cue]
    assert decode("a b c", tokens_of([3]), scores, with_spare) == [Attribution((), ((0, 1),), ((2, 3),))]


def test_quotation_marks_belong_to_the_content():
    text = 'He said: “We won.” It is a "fine thing", he said.'
    assert text[slice(*with_quotes(text, 10, 16))] == "“We won.”"
    assert text[slice(*with_quotes(text, text.index("It"), text.index('",')))] == 'It is a "fine thing"'
    assert text[slice(*with_quotes(text, 0, 7))] == "He said"


# the shipped models


def test_unknown_names_and_folders_are_errors(tmp_path):
    with pytest.raises(ValueError, match="'slow'"):
        load_tagger("slow")
    with pytest.raises(ModelError):
        OnnxTagger(tmp_path)


SHIPPED = [name for name, folder in (("fast", "attribution-fast"), ("default", "attribution")) if (MODELS / folder).exists()]


@pytest.fixture(scope="module", params=SHIPPED)
def tagger(request):
    return load_tagger(request.param)


def check(text, found):
    for attribution in found:
        pieces = attribution.source + attribution.cue + attribution.content
        assert pieces
        for start, end in pieces:
            assert 0 <= start < end <= len(text)
            assert text[start:end].strip() == text[start:end]


def read(text, attribution):
    return tuple(tuple(text[s:e] for s, e in pieces) for pieces in (attribution.source, attribution.cue, attribution.content))


def test_direct_indirect_and_source_after_the_quote(tagger):
    text = (
        "Russian Foreign Minister Sergey Lavrov said that NATO must stop its expansion.\n\n"
        "“We will not accept threats,” Jens Stoltenberg said on Monday.\n\nAccording to the ministry, the talks were useful."
    )
    found = {read(text, a) for a in tagger.spans(text)}
    assert (("Russian Foreign Minister Sergey Lavrov",), ("said",), ("that NATO must stop its expansion",)) in found
    assert any(source == ("Jens Stoltenberg",) and content == ("“We will not accept threats,”",) for source, _, content in found)
    assert any(source == ("the ministry",) and content == ("the talks were useful",) for source, _, content in found)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n \t\n", "It rained.", "«“„\"'’»”" * 20, 'He said "no and left. “Never”, she said" .', "- one\n- two\n\n\n- he said three", "\ufeff\u200b\x00said",
     "PUTIN SAYS NATO THREATENS RUSSIA", "x" * 5000, "🇺🇦 Zelensky: “Слава Україні!” — він сказав", "said " * 3000, "é" * 700 + " he said"],
)  # fmt: skip
def test_odd_texts_never_raise(tagger, text):
    check(text, tagger.spans(text))


def test_no_attribution_in_nothing(tagger):
    assert tagger.spans("") == [] and tagger.spans(" \n ") == []


def test_a_hundred_thousand_characters(tagger):
    once = "The minister said that the talks would go on. It rained in Kyiv for two days, and the roads were wet.\n\n"
    text = once * (100_000 // len(once) + 1)
    found = tagger.spans(text)
    check(text, found)
    cues = {a.cue for a in found}
    assert all(((k + 13, k + 17),) in cues for k in range(0, len(text) - len(once) + 1, len(once)))
    assert tagger.spans(text[:20_000]) == tagger.spans(text[:20_000])


@settings(max_examples=30, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("ab .,\n\"“”‘’«»'—SAID\u00a0é")) | st.characters(), max_size=200))
def test_offsets_always_hold(text):
    if SHIPPED:
        check(text, fast().spans(text))


def fast(loaded=[]):  # noqa: B006
    if not loaded:
        loaded.append(load_tagger(SHIPPED[0]))
    return loaded[0]
