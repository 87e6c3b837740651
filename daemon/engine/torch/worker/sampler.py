"""Drawing completions: each distinct prompt is prefilled once, then all answers advance one token at a time."""

from collections.abc import Callable
from dataclasses import dataclass

import noise
import numpy as np
import torch
from decoder import Decoder, Tensors, attend

# Probabilities are cut to this fraction of the largest one's. Sums of integers have no order, so a draw depends neither on
# the batch nor on the device's way of adding; a vocabulary of 2¹⁸ stays below 2⁶³.
STEPS = 2.0**44

# Positions whose noise is computed at once.
BLOCK = 32


@dataclass(frozen=True)
class Drawing:
    """How to draw; `temperature` 0 takes the most likely token."""

    temperature: float
    max_tokens: int
    stop_tokens: list[int]
    # Answers side by side at most.
    max_rows: int


@dataclass(frozen=True)
class Completion:
    """Drawn tokens with their log-probabilities, and whether a stop token ended them."""

    tokens: np.ndarray
    logprobs: np.ndarray
    stopped: bool


class Cache:
    """Keys and values of the answers being written: [layers, rows, kv_heads, capacity, head_size]."""

    def __init__(self, decoder: Decoder, lengths: torch.Tensor, capacity: int, dtype: torch.dtype) -> None:
        shape = decoder.shape
        extent = (shape.layers, len(lengths), shape.kv_heads, capacity, shape.head_size)
        self.keys = torch.zeros(extent, dtype=dtype, device=lengths.device)
        self.values = torch.zeros_like(self.keys)
        # Tokens of each row whose keys and values are here.
        self.lengths = lengths

    def keep(self, rows: torch.Tensor) -> None:
        """Drops all other rows."""
        self.keys, self.values, self.lengths = self.keys[:, rows], self.values[:, rows], self.lengths[rows]


def sample(
    decoder: Decoder,
    weights: Tensors,
    prompts: list[np.ndarray],
    keys: np.ndarray,
    drawing: Drawing,
    checkpoint: Callable[[int], None],
) -> list[Completion]:
    """One completion a prompt. `checkpoint` is called between steps with the number of answers that ended."""
    completions: list[Completion | None] = [None] * len(prompts)
    # Prompts of like length share a wave.
    order = sorted(range(len(prompts)), key=lambda index: -len(prompts[index]))
    for start in range(0, len(order), drawing.max_rows):
        wave = order[start : start + drawing.max_rows]
        done = lambda ended: checkpoint(start + ended)
        drawn = draw_wave(decoder, weights, [prompts[i] for i in wave], keys[wave], drawing, done)
        for index, completion in zip(wave, drawn):
            completions[index] = completion
    return completions


@torch.inference_mode()
def draw_wave(
    decoder: Decoder,
    weights: Tensors,
    prompts: list[np.ndarray],
    keys: np.ndarray,
    drawing: Drawing,
    checkpoint: Callable[[int], None],
) -> list[Completion]:
    """Answers to prompts that fit side by side."""
    logits, cache = prefill(decoder, weights, prompts, drawing, checkpoint)
    tokens = np.zeros((len(prompts), drawing.max_tokens), np.int32)
    logprobs = np.zeros(tokens.shape, np.float32)
    lengths = np.zeros(len(prompts), np.int64)
    stopped = np.zeros(len(prompts), bool)
    # Which answer each row of the batch writes; rows that ended stay until half of them have.
    rows = np.arange(len(prompts))
    for position in range(drawing.max_tokens):
        checkpoint(int(stopped.sum()))
        if position % BLOCK == 0:
            block = noise.sample_uniforms(keys, np.arange(position, position + BLOCK))
        uniforms = torch.from_numpy(block[rows, position % BLOCK]).to(logits.device)
        drawn, measured = draw(logits, drawing.temperature, uniforms)
        tokens[rows, position] = drawn.cpu().numpy()
        logprobs[rows, position] = measured.cpu().numpy()
        lengths[rows[~stopped[rows]]] += 1
        stopped[rows] |= np.isin(tokens[rows, position], drawing.stop_tokens)
        live = np.flatnonzero(~stopped[rows])
        if len(live) == 0 or position + 1 == drawing.max_tokens:
            break
        if len(live) <= len(rows) / 2:
            rows = rows[live]
            live = torch.from_numpy(live).to(drawn.device)
            cache.keep(live)
            drawn = drawn[live]
        logits = decode(decoder, weights, drawn, cache)
    return [
        Completion(tokens[row, :length], logprobs[row, :length], bool(stopped[row]))
        for row, length in enumerate(lengths)
    ]


def prefill(
    decoder: Decoder,
    weights: Tensors,
    prompts: list[np.ndarray],
    drawing: Drawing,
    checkpoint: Callable[[int], None],
) -> tuple[torch.Tensor, Cache]:
    """Each prompt's next logits [rows, vocabulary], and a cache that holds it. Equal prompts are computed once."""
    embedding = weights["model.embed_tokens.weight"]
    device = embedding.device
    lengths = torch.tensor([len(prompt) for prompt in prompts], device=device)
    # The last token drawn is never read, so it needs no place.
    capacity = max(map(len, prompts)) + drawing.max_tokens - 1
    cache = Cache(decoder, lengths, capacity, embedding.dtype)
    logits = torch.empty(len(prompts), decoder.shape.vocabulary, device=device)

    answers: dict[bytes, list[int]] = {}
    for row, prompt in enumerate(prompts):
        answers.setdefault(prompt.tobytes(), []).append(row)
    groups = list(answers.values())
    room = max(1, drawing.max_rows // 4)
    for start in range(0, len(groups), room):
        checkpoint(0)
        part = groups[start : start + room]
        distinct = [prompts[group[0]] for group in part]
        length = max(map(len, distinct))
        # Padded on the right: what follows a token can't influence it.
        tokens = np.zeros((len(part), length), np.int64)
        for padded, prompt in zip(tokens, distinct):
            padded[: len(prompt)] = prompt
        rows = torch.tensor([row for group in part for row in group], device=device)
        sources = torch.tensor([source for source, group in enumerate(part) for _ in group], device=device)

        def remember(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
            cache.keys[layer][rows, :, :length] = k[sources]
            cache.values[layer][rows, :, :length] = v[sources]
            return attend(q, k, v)

        positions = torch.arange(length, device=device)[None]
        hidden = decoder.hidden(weights, torch.from_numpy(tokens).to(device), positions, remember)
        last = torch.tensor([len(prompt) - 1 for prompt in distinct], device=device)
        logits[rows] = decoder.logits(weights, hidden[torch.arange(len(part), device=device), last])[sources]
    return logits, cache


def decode(decoder: Decoder, weights: Tensors, tokens: torch.Tensor, cache: Cache) -> torch.Tensor:
    """Reads one token a row; the next logits, [rows, vocabulary]."""
    positions = cache.lengths
    rows = torch.arange(len(tokens), device=tokens.device)
    filled = int(positions.max()) + 1
    mask = (torch.arange(filled, device=tokens.device) <= positions[:, None])[:, None, None]

    def recall(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        keys, values = cache.keys[layer], cache.values[layer]
        keys[rows, :, positions] = k[:, :, 0]
        values[rows, :, positions] = v[:, :, 0]
        return attend(q, keys[:, :, :filled], values[:, :, :filled], mask)

    hidden = decoder.hidden(weights, tokens[:, None], positions[:, None], recall)
    cache.lengths = positions + 1
    return decoder.logits(weights, hidden[:, 0])


def draw(logits: torch.Tensor, temperature: float, uniforms: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A token a row from softmax(logits / temperature), by inverting its distribution function; with its log-probability.

    In double precision, as the onnx engine does. Temperature 0 takes the first of the most likely tokens and reports its
    log-probability at temperature 1.
    """
    scaled = logits.double()
    scaled = (scaled - scaled.amax(-1, keepdim=True)) * (1 / temperature if temperature > 0 else 1)
    weights = scaled.exp()
    if temperature > 0:
        below = (weights * STEPS).long().cumsum(-1)
        wanted = (uniforms * below[:, -1]).long()
        tokens = torch.searchsorted(below, wanted[:, None], right=True)[:, 0].clamp(max=logits.shape[-1] - 1)
    else:
        tokens = logits.argmax(-1)
    return tokens, scaled.gather(1, tokens[:, None])[:, 0] - weights.sum(-1).log()
