"""Computing keys and values of a wave's prompts, each distinct one once, and their common prefix once for all."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from arena import Arena
from attention import Part
from decoder import Decoder, Tensors, attend
from prompts import Prompts

# Padded tokens that are computed at once.
CHUNK_TOKENS = {"cpu": 1024, "cuda": 16384}


@dataclass(frozen=True)
class Prefilled:
    """The prefix (if there is one) and the slots' prompts as keys and values, and each prompt's next logits."""

    prefix: Part | None
    # Of one row a slot; whoever knows the rows says which reads which.
    slots: Part
    logits: torch.Tensor


def prefill(
    decoder: Decoder,
    weights: Tensors,
    prompts: Prompts,
    arena: Arena,
    extent: tuple[int, int],
    pause: Callable[[], None],
) -> Prefilled:
    """A cache of `extent` = (slots, tokens), at least those of the prompts; `pause` is called between chunks."""
    shape, dtype, device = decoder.shape, weights["model.embed_tokens.weight"].dtype, arena.device

    def part(name: str, slots: int, length: int) -> Part:
        cache = (shape.layers, slots, shape.kv_heads, length, shape.head_size)
        return Part(arena.zeros(f"{name}.keys", cache, dtype), arena.zeros(f"{name}.values", cache, dtype), 1)

    prefix = None
    if len(prompts.prefix):
        prefix = part("prefix", 1, len(prompts.prefix))
        only = torch.zeros(1, dtype=torch.int64, device=device)
        read(decoder, weights, [prompts.prefix], None, prefix, only, only)

    slots, length = extent
    ends = np.zeros(slots, np.int64)
    ends[: len(prompts.slots)] = [len(prompts.suffixes[slot.prompt]) for slot in prompts.slots]
    held = part("slots", slots, length)
    if ends.min() < length:
        hidden_places = np.where(np.arange(length) < ends[:, None], 0, -np.inf).astype(np.float32)
        held = replace(held, mask=arena.put("slots.mask", hidden_places))
    copies: dict[int, list[int]] = {}
    for index, slot in enumerate(prompts.slots):
        copies.setdefault(slot.prompt, []).append(index)

    logits = torch.empty(len(prompts.suffixes), shape.vocabulary, device=device)
    room = max(1, CHUNK_TOKENS[device.type] // length)
    for start in range(0, len(prompts.suffixes), room):
        pause()
        chunk = prompts.suffixes[start : start + room]
        indices = range(start, start + len(chunk))
        targets = torch.tensor([slot for index in indices for slot in copies[index]], device=device)
        sources = torch.tensor([index - start for index in indices for _ in copies[index]], device=device)
        hidden = read(decoder, weights, chunk, prefix, held, targets, sources)
        last = torch.tensor([len(each) - 1 for each in chunk], device=device)
        logits[start : start + len(chunk)] = decoder.logits(
            weights, hidden[torch.arange(len(chunk), device=device), last]
        )
    return Prefilled(prefix, held, logits)


def read(
    decoder: Decoder,
    weights: Tensors,
    texts: list[np.ndarray],
    before: Part | None,
    part: Part,
    targets: torch.Tensor,
    sources: torch.Tensor,
) -> torch.Tensor:
    """Reads texts that follow `before`, puts keys and values of texts `sources` into slots `targets`; hidden states."""
    device = part.keys.device
    length = max(map(len, texts))
    # Padded on the right: what follows a token can't influence it.
    tokens = np.zeros((len(texts), length), np.int64)
    for padded, text in zip(tokens, texts):
        padded[: len(text)] = text
    begin = before.keys.shape[3] if before else 0
    positions = torch.arange(begin, begin + length, device=device)
    mask = torch.arange(begin + length, device=device) <= positions[:, None] if before else None

    def remember(layer: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        part.keys[layer][targets, :, :length] = k[sources]
        part.values[layer][targets, :, :length] = v[sources]
        if before:
            k = torch.cat([before.keys[layer].expand(len(texts), -1, -1, -1), k], 2)
            v = torch.cat([before.values[layer].expand(len(texts), -1, -1, -1), v], 2)
        return attend(q, k, v, mask)

    return decoder.hidden(weights, torch.from_numpy(tokens).to(device), positions[None], remember)
