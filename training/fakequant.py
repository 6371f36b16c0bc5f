"""Training with the rounding of the shipped weights, so that the weights settle where rounding does no harm."""

import torch
from torch import nn

BLOCK = 32
# Inputs beyond it are cut off: only full stops, commas and separators carry larger values (up to 100, in a few channels), and a range wide enough for
# them would leave a handful of levels for everything else.
LIMIT = 10.0


def round4(weight: torch.Tensor) -> torch.Tensor:
    """Return the weights rounded to 16 levels in blocks of 32 along the last axis; the entry of the largest size is exactly −8 steps."""
    blocks = weight.reshape(-1, BLOCK)
    least, most = blocks.amin(1, keepdim=True), blocks.amax(1, keepdim=True)
    scale = torch.where(most > -least, most, least) / -8
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    return (torch.round(blocks / scale).clamp(-8, 7) * scale).reshape(weight.shape)


def round8(values: torch.Tensor) -> torch.Tensor:
    """Return activations rounded as onnxruntime does at run time: 256 levels between the tensor's least and largest value, zero among them."""
    least, most = values.amin().clamp(max=0), values.amax().clamp(min=0)
    scale = ((most - least) / 255).clamp(min=1e-9)
    return torch.round(values / scale) * scale


class RoundedLinear(nn.Linear):
    """A linear layer that computes with rounded weights (and inputs) but learns the unrounded ones (straight-through gradients)."""

    active = False

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the layer's output."""
        if not RoundedLinear.active:
            return super().forward(values)
        with torch.no_grad():
            weight_step = round4(self.weight) - self.weight
            values_step = round8(values) - values
        return nn.functional.linear(values + values_step, self.weight + weight_step, self.bias)


class RoundedEmbedding(nn.Embedding):
    """A word embedding of 4-bit rows, learned like ``RoundedLinear`` but rounded from the start; only the rows in use are rounded."""

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return the rows."""
        rows = super().forward(ids)
        return rows + (round4(rows) - rows).detach()


def make_rounded(encoder: nn.Module) -> None:
    """Turn every linear layer of an encoder and its word embedding into their rounded kind, in place."""
    for module in encoder.modules():
        if type(module) is nn.Linear:
            module.__class__ = RoundedLinear
    encoder.embeddings.word_embeddings.__class__ = RoundedEmbedding


def settle(encoder: nn.Module, layers: bool) -> None:
    """Replace the word embedding, and the layers' weights if wanted, by their rounded values, in place."""
    with torch.no_grad():
        for module in encoder.modules():
            if layers and isinstance(module, RoundedLinear):
                module.weight.copy_(round4(module.weight))
        table = encoder.embeddings.word_embeddings.weight
        table.copy_(round4(table))


class FixedLinear(nn.Linear):
    """A linear layer with the rounding of ``export.quantise``: weights in 4 bits by block, then 7 bits by column; inputs in 8 bits of a fixed range.

    With a fixed range an answer depends on nothing else in its batch. ``low`` and ``high`` are that range, zero inside; while ``seen`` is a list, values
    that pass are kept there for :func:`fix_ranges`.
    """

    active = False
    low = high = 0.0
    seen: list[torch.Tensor] | None = None
    four_bits = True

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the layer's output."""
        if self.seen is not None:
            flat = values.detach().float().flatten()
            self.seen.append(torch.cat([flat[torch.randint(len(flat), (20_000,))], flat.amin()[None], flat.amax()[None]]))
        if not FixedLinear.active:
            return super().forward(values)
        step = (self.high - self.low) / 255
        clipped = values.float().clamp(self.low, self.high)
        with torch.no_grad():
            values_step = torch.round(clipped / step) * step - clipped
            weight_step = self.rounded() - self.weight
        return nn.functional.linear(clipped + values_step, self.weight + weight_step, self.bias)

    def rounded(self) -> torch.Tensor:
        """Return the weights as they are shipped."""
        weight = round4(self.weight) if self.four_bits else self.weight
        scale = (weight.abs().amax(1, keepdim=True) / 63).clamp(min=1e-9)
        return torch.round(weight / scale) * scale


def make_fixed(encoder: nn.Module, four_bits: bool) -> list[FixedLinear]:
    """Turn every linear layer of an encoder into the fixed kind, in place, and return them."""
    layers = [m for m in encoder.modules() if type(m) is nn.Linear]
    for layer in layers:
        layer.__class__ = FixedLinear
        layer.four_bits = four_bits
    return layers


def fix_ranges(layers: list[FixedLinear]) -> None:
    """Choose each layer's input range from the values it has seen: the share of the whole range with the least squared error, within ``LIMIT``."""
    for layer in layers:
        values = torch.cat(layer.seen).clamp(-LIMIT, LIMIT)
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        best = (float("inf"), low, high)
        for share in torch.linspace(0.1, 1.0, 37).tolist():
            step = share * (high - low) / 255
            zero = round(-low / (high - low) * 255)
            # Zero is one of the levels.
            a, b = -zero * step, (255 - zero) * step
            error = float((torch.round(values.clamp(a, b) / step) * step - values).square().mean())
            best = min(best, (error, a, b))
        _, layer.low, layer.high = best
        layer.seen = None


def cut(low: float, high: float) -> tuple[float, float]:
    """Return a range cut to ``LIMIT``, with zero among its 256 levels."""
    low, high = max(low, -LIMIT), min(high, LIMIT)
    step = (high - low) / 255
    zero = round(-low / step)
    return -zero * step, (255 - zero) * step
