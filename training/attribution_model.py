"""The attribution network: an encoder, per-token scores, a semi-Markov loss over each paragraph and a loss for links."""

import torch
from torch import nn

from analysis.linking import BUCKETS, bucket
from analysis.windows import SEPARATOR_SHAPE
from attribution_data import ROLES, Window

PAIR = 32
LINK = 48
N_SCORES = len(ROLES) * (3 + 2 * PAIR) + 4 * LINK
NEVER = -1e4


class AttributionModel(nn.Module):
    """Scores per token, shape (n, width, N_SCORES): for each role start, end, inside, query and key; then content and cue of one link, cue and source of the other."""

    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder
        hidden = encoder.config.hidden_size
        self.shapes = nn.Embedding(SEPARATOR_SHAPE + 1, hidden)
        nn.init.zeros_(self.shapes.weight)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(hidden, N_SCORES)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.link_bias = nn.Parameter(torch.zeros(2, BUCKETS))
        self.nothing = nn.Parameter(torch.zeros(2))

    def forward(self, input_ids: torch.Tensor, shapes: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return the scores of every token."""
        embedded = self.encoder.embeddings.word_embeddings(input_ids) + self.shapes(shapes)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=attention_mask).last_hidden_state
        with torch.autocast("cpu", enabled=False):
            return self.head(self.drop(hidden.float()))


class LogPartition(torch.autograd.Function):
    """log of the summed weight of all splits into spans, shape (n,), from span scores of shape (n, T, T); its gradient is the spans' probabilities."""

    @staticmethod
    def forward(ctx, score: torch.Tensor) -> torch.Tensor:
        """Return the logs and keep the probabilities."""
        n, width, _ = score.shape
        before = [score.new_zeros(n)]
        stack = score.new_zeros(width + 1, n)
        by_end = score.permute(2, 1, 0).contiguous()
        for t in range(width):
            ending = torch.logsumexp(stack[: t + 1] + by_end[t, : t + 1], 0)
            before.append(torch.logaddexp(before[-1], ending))
            stack[t + 1] = before[-1]
        by_start = score.permute(1, 2, 0).contiguous()
        behind = score.new_zeros(width + 1, n)
        for t in range(width - 1, -1, -1):
            behind[t] = torch.logaddexp(behind[t + 1], torch.logsumexp(behind[t + 1 :] + by_start[t, t:], 0))
        ctx.save_for_backward((stack[:-1].T[:, :, None] + score + behind[1:].T[:, None, :] - stack[-1][:, None, None]).exp())
        return stack[-1]

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:
        """Return the probabilities, scaled."""
        return ctx.saved_tensors[0] * grad[:, None, None]


def span_loss(scores: torch.Tensor, batch: list[Window]) -> torch.Tensor:
    """Return the negative log-likelihood of the gold splits, summed over paragraphs and roles."""
    lines = sorted(((e - s, k, s, e) for k, w in enumerate(batch) for s, e in w.lines))
    total = scores.new_zeros(())
    while lines:
        longest = lines[-1][0]
        group = [x for x in lines if 2 * x[0] >= longest]
        lines = lines[: len(lines) - len(group)]
        rows = torch.tensor([k for _, k, _, _ in group])[:, None]
        position = torch.tensor([s for _, _, s, _ in group])[:, None] + torch.arange(longest)
        length = torch.tensor([x[0] for x in group])
        picked = scores[rows, position.clamp(max=scores.shape[1] - 1)][..., : len(ROLES) * (3 + 2 * PAIR)]
        picked = picked.unflatten(-1, (len(ROLES), -1)).transpose(1, 2)
        start, end, inside = picked[..., 0], picked[..., 1], picked[..., 2]
        query, key = picked[..., 3 : 3 + PAIR], picked[..., 3 + PAIR :]
        after = inside.cumsum(-1)
        phi = query @ key.transpose(-1, -2) / PAIR**0.5 + (start - after + inside)[..., :, None] + (end + after)[..., None, :]
        i = torch.arange(longest)
        fits = (i[None, :] >= i[:, None]) & (i < length[:, None])[:, None, None, :]
        phi = torch.where(fits, phi, phi.new_tensor(NEVER))
        hits: list[tuple[int, int, int, int]] = []
        for n, (_, k, s, e) in enumerate(group):
            for r, role in enumerate(ROLES):
                hits += [(n, r, a - s, b - s) for a, b in batch[k].spans[role] if s <= a and b < e]
        total = total + LogPartition.apply(phi.flatten(0, 1)).sum()
        if hits:
            total = total - phi[tuple(torch.tensor(column) for column in zip(*hits, strict=True))].sum()
    return total


def link_loss(model: AttributionModel, scores: torch.Tensor, batch: list[Window]) -> torch.Tensor:
    """Return the summed cross-entropy of each content's cue and each cue's source among the window's gold spans."""
    total = scores.new_zeros(())
    vectors = scores[..., len(ROLES) * (3 + 2 * PAIR) :].unflatten(-1, (4, LINK))
    for k, window in enumerate(batch):
        for which, (query, key, links) in enumerate((("content", "cue", window.content_cue), ("cue", "source", window.cue_source))):
            if not links:
                continue
            asks = torch.tensor([window.spans[query][a] for a, _ in links])
            answers = torch.tensor(window.spans[key], dtype=torch.long).reshape(-1, 2)
            q = (vectors[k, asks[:, 0], 2 * which] + vectors[k, asks[:, 1], 2 * which]) / 2
            a = (vectors[k, answers[:, 0], 2 * which + 1] + vectors[k, answers[:, 1], 2 * which + 1]) / 2
            score = q @ a.T / LINK**0.5 + model.link_bias[which][torch.from_numpy(bucket(asks.numpy(), answers.numpy()))]
            score = torch.cat([score, model.nothing[which].expand(len(links), 1)], 1)
            target = torch.tensor([b if b >= 0 else len(answers) for _, b in links])
            total = total + nn.functional.cross_entropy(score, target, reduction="sum")
    return total
