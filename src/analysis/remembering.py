"""The two seams with a memory: what was asked before is not asked again."""

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis import identity
from analysis.attribution import Attribution, AttributionTagger
from analysis.classifiers import Pair, Progress, StanceClassifier
from analysis.engines import Done, Given, Task, work_and_pack
from analysis.inference import Floats
from analysis.scores import assess
from analysis.store import Store


class RememberingTagger:
    """A tagger that asks another one only about texts the store does not know.

    Parameters
    ----------
    tagger : AttributionTagger
        Whom to ask.
    store : Store
        Where the answers are kept; the caller commits.

    Attributes
    ----------
    asked, known : int
        Texts asked about, and texts answered from the store.
    """

    def __init__(self, tagger: AttributionTagger, store: Store) -> None:
        self.tagger, self.store = tagger, store
        self.identity = getattr(tagger, "identity", "")
        self.asked = self.known = 0

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of a text in the order of their first piece."""
        key = identity.of_text(text, identity.of_tagger(self.tagger))
        stored = self.store.get([key])
        if stored:
            self.known += 1
            return [Attribution(*(tuple((a, b) for a, b in pieces) for pieces in row)) for row in json.loads(stored[key])]
        self.asked += 1
        found = self.tagger.spans(text)
        value = json.dumps([(a.source, a.cue, a.content) for a in found], separators=(",", ":")).encode("ascii")
        self.store.put("attributions", f"attribution {self.identity}", {key: value})
        return found


class RememberingClassifier:
    """A classifier that asks another one only about pairs the store does not know, equal pairs once.

    Parameters
    ----------
    classifier : StanceClassifier
        Whom to ask.
    store : Store
        Where the answers are kept; the caller commits.
    kind : str
        What the answers are for, in the store.

    Attributes
    ----------
    owner : str
        Whose answers they are, in the store.
    asked, known : int
        Different pairs asked about, and pairs answered from the store or by an equal pair.
    """

    def __init__(self, classifier: StanceClassifier, store: Store, kind: str = "pairs") -> None:
        self.classifier, self.store, self.kind = classifier, store, kind
        self.name, self.revision, self.threshold = classifier.name, classifier.revision, classifier.threshold
        self.owner = f"{self.name} {self.revision}"
        self.asked = self.known = 0

    def predict(self, pairs: Sequence[Pair], progress: Progress | None = None) -> Floats:
        """Return probabilities of shape (n, 3) in the order against, neutral, favor."""
        return self.assess(pairs, progress)[0]

    def assess(self, pairs: Sequence[Pair], progress: Progress | None = None) -> tuple[Floats, Floats | None]:
        """Return what ``predict`` does, and the tone, shape (n,); null where the classifier does not tell.

        Raises
        ------
        ValueError
            If the classifier returns something else than probabilities; nothing of it is kept.
        """
        keys = identity.of_pairs(pairs, identity.of_classifier(self.classifier))
        answers = {key: np.frombuffer(value) for key, value in self.store.get(keys).items()}
        new = {key: pair for key, pair in zip(keys, pairs, strict=True) if key not in answers}
        told = [0]

        def counted(done: int) -> None:
            told[0] += done
            if progress:
                progress(done)

        if new:
            computed = self._ask(list(new.values()), counted)
            answers |= dict(zip(new, computed, strict=True))
            self.store.put(self.kind, self.owner, {key: row.tobytes() for key, row in zip(new, computed, strict=True)})
        self.asked += len(new)
        self.known += len(pairs) - len(new)
        if len(pairs) > told[0]:
            counted(len(pairs) - told[0])
        rows = np.array([answers[key] for key in keys]).reshape(-1, 4)
        return rows[:, :3], rows[:, 3]

    def _ask(self, pairs: list[Pair], progress: Progress | None) -> Floats:
        """Return the probabilities and the tone of each pair, shape (n, 4)."""
        p, tone = assess(pairs, self.classifier, progress)
        return np.column_stack([p, np.full(len(pairs), np.nan) if tone is None else tone]).astype(np.float64)


def work_apart(given: Given, task: Task) -> Done:
    """Work on a block where the run's store is not: with what the store knows of it; what it does not know comes back with the rest."""
    with Store() as store:
        store.put("", "", given.known)
        tagger, classifier = RememberingTagger(task.tagger, store), RememberingClassifier(task.classifier, store)
        done = work_and_pack(given.articles, Task(task.config, tagger, classifier))
        new = [answer for answer in store.uncommitted() if answer[2] not in given.known]
    return replace(done, answers=new, recalled=(tagger.known, classifier.known))
