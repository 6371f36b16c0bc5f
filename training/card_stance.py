"""Write the model card of the stance model from its config and from measurements on the development sets.

python training/card_stance.py --data DATA --model src/analysis/models/stance
"""

import argparse
import json
from pathlib import Path

from readme import accuracy

CARD = """# Model card: stance

A statement and a marked target in; the probabilities that the statement's holder is against, neutral toward, or in favor of the target out. English.

| | |
| --- | --- |
| encoder | {encoder} (6 layers, 22 million parameters; weights Apache-2.0) |
| files | `model.onnx` ({size:.0f} MB; weights in 8 bits by blocks of 128, embedding in 8 bits by rows), `tokenizer.json`, `config.json` (labels, temperature, threshold) |
| input | the statement with the target between two markers; second segment: mention, holder, last 200 characters of what stands before; at most {max_tokens} tokens |
| calibration | temperature {temperature}, fitted on gold dev (Guo et al. 2017) |
| recipe | `training/stance.py`, seed {seed}: the best by dev, epoch {epochs}, of 4 epochs; batch 16, learning rate {lr} falling to 0, 6 % warm-up, label smoothing 0.05, average of the weights along the way (EMA 0.998), bf16; holder left out in 15 % and context in 20 % of the rows |

## Data and their terms

| data | rows | used for | terms |
| --- | --- | --- | --- |
| our labelled statements (gold), train | 4,213 of 4,259, twice an epoch, hard ones with weight 0.6 | training | labels ours, given by a large language model under the codebook; texts of news publishers and public bodies (kremlin.ru CC BY 4.0, US government public domain) |
| NewsMTSC train (Hamborg and Donnay 2021) | 8,738 of 8,739 | training | MIT |
| DSE2QA train (Park et al. 2021) | 3,600 an epoch, drawn from 21,119 of 21,672, neutral ones with weight 0.5 | training | published for research, no licence text: cite the paper |
| gold dev; NewsMTSC rw-dev, mt-dev | 424; 343, 442 | choosing the epoch; gold dev also the temperature | as above |

Rows that share their text with any set for measuring were left out. Whoever needs clean terms trains again without DSE2QA.

## Accuracy

{accuracy}

Majority, VADER and TF-IDF + logistic regression (trained on the train part of the same set) stand beside it. Labels of gold are passes of one reader: this is agreement with the codebook as that
reader applies it, not with people in general.

## What it must not be used for

- Decisions about single persons, or as evidence that a person holds a view: one label in four is wrong on hard text.
- Languages other than English; targets that are not states, alliances or persons in the news, without labels of your own to check.
- Irony, double negation and opposition to what is done *to* a target are where it fails most. Averages over few statements inherit its biases: label a random sample and use the corrected estimates.
"""

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, required=True)
    arguments = parser.parse_args()
    config = json.loads((arguments.model / "config.json").read_text(encoding="utf-8"))
    size = (arguments.model / "model.onnx").stat().st_size / 1e6
    card = CARD.format(**config, size=size, accuracy=accuracy(arguments.data))
    (arguments.model / "MODEL_CARD.md").write_text(card, encoding="utf-8")
