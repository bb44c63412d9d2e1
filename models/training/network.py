"""The encoder and its heads in PyTorch, as it is trained. `models/training/graph.py` writes the same as ONNX."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..labelled import INTENTS, SENTIMENTS, TOPICS
from ..pieces import PAD
from .pretrained import Pretrained, Shape

DROPOUT: Final = 0.1


class Layer(nn.Module):
    """Self-attention and two dense layers, each followed by the sum with its input and a norm (post-LN, as in BERT)."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        hidden = shape.hidden
        self.heads = shape.heads
        self.q, self.k, self.v, self.ao = (nn.Linear(hidden, hidden) for _ in range(4))
        self.fi, self.fo = nn.Linear(hidden, shape.inner), nn.Linear(shape.inner, hidden)
        self.aln, self.oln = (nn.LayerNorm(hidden, shape.epsilon) for _ in range(2))

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        texts, length, hidden = x.shape
        q, k, v = (part(x).view(texts, length, self.heads, -1).transpose(1, 2) for part in (self.q, self.k, self.v))
        heard = functional.scaled_dot_product_attention(q, k, v, attn_mask=bias)
        heard = self.ao(heard.transpose(1, 2).reshape(texts, length, hidden))
        x = self.aln(x + functional.dropout(heard, DROPOUT, self.training))
        return self.oln(x + functional.dropout(self.fo(functional.gelu(self.fi(x))), DROPOUT, self.training))


class Head(nn.Sequential):
    """What a pass says of the text and of the brand in it: a hidden layer and one number per answer."""

    def __init__(self, hidden: int, answers: int) -> None:
        super().__init__(nn.Linear(2 * hidden, hidden), nn.Tanh(), nn.Dropout(DROPOUT), nn.Linear(hidden, answers))


class Network(nn.Module):
    """Pieces (texts × length) to sentiment (3), intents and topics (5 + 8) as logits, and the embedding (hidden).

    What is said of the brand is read where the brand stands: the heads see the mean over a text's pieces beside the
    mean over those that are the brand's mark (as entity markers in Baldini Soares et al. 2019, "Matching the Blanks").
    The words' embeddings stay as published. The embedding that is given away is taught to imitate the published
    encoder's, so that it goes on telling what texts are about while the rest learns what they feel.
    """

    position: Tensor

    def __init__(self, pretrained: Pretrained, rows: Tensor) -> None:
        """`rows` are the published encoder's pieces that this one has, the last for the brand's mark."""
        super().__init__()
        shape = pretrained.shape
        hidden = shape.hidden
        words = torch.from_numpy(pretrained.floats("emb.word", shape.pieces, hidden))
        self.mark = len(rows) - 1
        self.word = nn.Embedding.from_pretrained(words[rows].clone(), freeze=True)
        position, kind = pretrained.floats("emb.pos", shape.positions, hidden), pretrained.floats("emb.type", 2, hidden)
        self.register_buffer("position", torch.from_numpy(position + kind[0]))
        self.eln = nn.LayerNorm(hidden, shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self._begin(pretrained)
        self.tone = Head(hidden, len(SENTIMENTS))
        self.rest = Head(hidden, len(INTENTS) + len(TOPICS))
        self.place = nn.Linear(hidden, hidden)
        nn.init.eye_(self.place.weight)
        nn.init.zeros_(self.place.bias)

    def states(self, ids: Tensor) -> Tensor:
        """What each piece has come to mean in its text (texts × length × hidden)."""
        seen = ids != PAD
        x: Tensor = self.eln(self.word(ids) + self.position[: ids.shape[1]])
        bias = torch.zeros(seen.shape, dtype=x.dtype).masked_fill(~seen, -1e9)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, bias.to(x.dtype))
        return x

    def pooled(self, ids: Tensor) -> Tensor:
        """The mean over a text's pieces (texts × hidden)."""
        return _mean(self.states(ids), ids != PAD)

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        x, marked = self.states(ids), ids == self.mark
        whole = _mean(x, ids != PAD)
        brand = torch.where(marked.any(1, keepdim=True), _mean(x, marked), whole)
        both = torch.cat([whole, brand], dim=1)
        return self.tone(both), self.rest(both), functional.normalize(self.place(whole), dim=1)

    @torch.no_grad()
    def _begin(self, pretrained: Pretrained) -> None:
        """The published weights."""
        named: dict[str, nn.Module] = {"emb.ln": self.eln}
        for number, layer in enumerate(self.layers):
            named |= {f"l{number}.{part}": module for part, module in layer.named_children()}
        for name, module in named.items():
            for suffix in ("weight", "bias"):
                parameter: Tensor = getattr(module, suffix)
                parameter.copy_(torch.from_numpy(pretrained.floats(f"{name}.{suffix[0]}", *parameter.shape)))


def _mean(x: Tensor, chosen: Tensor) -> Tensor:
    """Over the chosen pieces of each text; zeros where none is."""
    return (x * chosen[..., None]).sum(1) / chosen.sum(1, keepdim=True).clamp(min=1)
