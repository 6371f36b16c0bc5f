"""Small tables for the tests of estimates: invented persons and outlets."""

import numpy as np
import pandas as pd

P = {"against": (0.8, 0.1, 0.1), "neutral": (0.1, 0.8, 0.1), "favor": (0.1, 0.1, 0.8), "unsure": (0.4, 0.3, 0.3)}


def scored(rows):
    """Make joined rows of (article, target, speaker, label) with stance ±0.7 or 0 (unsure: -0.1)."""
    made = []
    for number, (article, target, speaker, label) in enumerate(rows):
        against, neutral, favor = P[label]
        made.append(
            {
                "statement_id": f"s{number}",
                "target": target,
                "p_against": against,
                "p_neutral": neutral,
                "p_favor": favor,
                "stance": favor - against,
                "label": label,
                "model": "fake",
                "revision": "0",
                "article_id": article,
                "speaker": speaker,
                "kind": "direct",
                "source": "Gazette",
                "published": pd.Timestamp("2022-01-01") + pd.Timedelta(days=number),
            }
        )
    return pd.DataFrame(made)


def corpus(articles=40, seed=0, per=4, error=0.2):
    """Make scores, statements, mentions, articles and the true labels of a seeded corpus."""
    generator = np.random.default_rng(seed)
    classes = np.array(["against", "neutral", "favor"])
    scores, statements, mentions, published = [], [], [], []
    for article in range(articles):
        identity = f"a{article:03d}"
        published.append(
            {
                "article_id": identity,
                "source": ["Gazette", "Herald"][article % 2],
                "published": pd.Timestamp("2022-01-01") + pd.Timedelta(days=article * 4),
                "duplicate_of": None,
            }
        )
        lean = generator.normal(0, 0.7)
        for place in range(1 + generator.poisson(per - 1)):
            statement = f"{identity}s{place:02d}"
            speaker = ["Ana Petrov", "Bo Lindqvist", None][generator.integers(3)]
            text = "The envoy said NATO is late."
            statements.append(
                {
                    "statement_id": statement,
                    "article_id": identity,
                    "speaker": speaker,
                    "speaker_role": None,
                    "kind": "direct",
                    "text": text,
                    "context": "He spoke first.",
                }
            )
            target = ["NATO", "US"][generator.integers(2)]
            weights = np.exp(np.array([0.4 - lean, 0.0, lean - 0.6]))
            truth = generator.choice(3, p=weights / weights.sum())
            answer = truth if generator.random() > error else generator.integers(3)
            probabilities = np.full(3, 0.1)
            probabilities[answer] = 0.8
            scores.append(
                {
                    "statement_id": statement,
                    "target": target,
                    "p_against": probabilities[0],
                    "p_neutral": probabilities[1],
                    "p_favor": probabilities[2],
                    "stance": probabilities[2] - probabilities[0],
                    "label": classes[answer],
                    "tone": None,
                    "model": "fake",
                    "revision": "0",
                    "truth": classes[truth],
                }
            )
            mentions.append({"statement_id": statement, "target": target, "surface": "NATO", "start": 15, "end": 19, "via": "name"})
    table = pd.DataFrame(scores)
    return (
        table.drop(columns="truth"),
        pd.DataFrame(statements),
        pd.DataFrame(mentions),
        pd.DataFrame(published),
        table[["statement_id", "target", "truth"]],
    )


def labels_of(truth, **more):
    """Make labels of true labels."""
    return truth.rename(columns={"truth": "label"}).assign(coder="Cho Min", **more)
