"""What the shipped stance model is measured against, in torch: the usual alternatives, and the same network in float32."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.classifiers import Pair
from analysis.embedded import EmbeddedClassifier
from analysis.inference import Floats, batches, padded

HYPOTHESIS = "This statement is {} the target."


def zero_shot(pairs: Sequence[Pair]) -> None:
    """Score pairs with the stock zero-shot pipeline and an untrained network of the architecture of facebook/bart-large-mnli: speed does not depend on weights.

    Three hypotheses a pair, as the pipeline does for three classes; words become token ids of the same number by our own tokenizer.
    """
    from transformers import pipeline

    scorer = pipeline("zero-shot-classification", model=_bart(), tokenizer=_tokenizer(1024), device=-1)
    for p in pairs:
        scorer(p.text, candidate_labels=["against", "neutral about", "for"], hypothesis_template=HYPOTHESIS)


_kept: dict[str, Any] = {}


def _bart() -> Any:
    from transformers import BartConfig, BartForSequenceClassification

    if "bart" not in _kept:
        config = BartConfig(
            num_labels=3, label2id={"contradiction": 0, "neutral": 1, "entailment": 2}, id2label={0: "contradiction", 1: "neutral", 2: "entailment"}
        )  # fmt: skip
        _kept["bart"] = BartForSequenceClassification(config).eval()
    return _kept["bart"]


def _tokenizer(longest: int) -> Any:
    from transformers import PreTrainedTokenizerFast

    from analysis.inference import MODELS

    path = MODELS / "stance" / "tokenizer.json"
    # BART finds the end of a sequence by its token 2, which is </s> in the vocabulary of MPNet too.
    return PreTrainedTokenizerFast(
        tokenizer_file=str(path), model_max_length=longest, pad_token="<pad>", sep_token="</s>", cls_token="<s>", eos_token="</s>", mask_token="<mask>"
    )  # fmt: skip


def roberta(pairs: Sequence[Pair], batch: int = 16) -> None:
    """Score pairs with an untrained RoBERTa-base that classifies statement and target in torch float32."""
    import torch
    from transformers import RobertaConfig, RobertaForSequenceClassification

    if "roberta" not in _kept:
        config = RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1, num_labels=3)
        _kept["roberta"] = RobertaForSequenceClassification(config).eval(), _tokenizer(512)
    model, tokenizer = _kept["roberta"]
    with torch.inference_mode():
        for i in range(0, len(pairs), batch):
            part = pairs[i : i + batch]
            model(
                **tokenizer(
                    [p.text for p in part],
                    [p.target for p in part],
                    padding=True,
                    truncation=True,
                    return_tensors="pt",
                    return_token_type_ids=False,
                )
            )


class InFloat32:
    """A shipped stance model in torch float32, read back from its file, and those that have a say beside it: the same weights, nothing rounded on the way."""

    def __init__(self, shipped: EmbeddedClassifier):
        from recover import network

        self.shipped, self.network = shipped, network(Path(shipped.model.folder))
        self.others = {InFloat32(other): share for other, share in shipped.others.items()}

    def multiply_adds(self, pairs: Sequence[Pair]) -> float:
        """Return how many multiply-adds the products with weights take for a pair, on average, beside attention."""
        from torch.nn import Linear

        encoded = self.shipped.model.tokenizer.encode_batch([self.shipped.written(p) for p in pairs])
        tokens, of_first = (float(np.mean(n)) for n in zip(*((len(e), e.type_ids.count(0)) for e in encoded), strict=True))
        weights = [sum(m.weight.numel() for m in layer.modules() if isinstance(m, Linear)) for layer in self.network.encoder.encoder.layer]
        whole = self.shipped.model.config.get("whole_layers", len(weights))
        return tokens * sum(weights[:whole]) + of_first * sum(weights[whole:]) + sum(other.multiply_adds(pairs) for other in self.others)

    def run(self, pairs: Sequence[Pair]) -> Floats:
        """Return logits of shape (n, 6), as ``EmbeddedClassifier.logits`` does."""
        import torch

        model = self.shipped.model
        encoded = model.tokenizer.encode_batch([self.shipped.written(p) for p in pairs])
        out = np.zeros((len(encoded), 6))
        with torch.inference_mode():
            for rows in batches([len(e) for e in encoded], 1024):
                ids, mask = padded([encoded[i].ids for i in rows], model.config["pad"])
                out[rows] = self.network(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
        mean: Floats = (1 - sum(self.others.values())) * out + sum(share * other.run(pairs) for other, share in self.others.items())
        return mean
