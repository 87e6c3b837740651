"""Attention of packed segments: each token sees its segment's ancestors, and its own segment up to itself."""

import numpy as np
import torch
from decoder import Attention, attend
from prefix_tree import Segment

# What flash attention takes: half precision, and heads of a multiple of 8, at most 256.
FLASH_TYPES = (torch.bfloat16, torch.float16)


class Pack:
    """Where segments lie one after the other (ordered by level), and which packed tokens each one's queries see."""

    def __init__(self, segments: list[Segment]) -> None:
        self.segments = segments
        self.starts = np.cumsum([0] + [len(each.tokens) for each in segments])

    def own(self, segment: int) -> np.ndarray:
        """Packed places of a segment's tokens."""
        return np.arange(self.starts[segment], self.starts[segment + 1])

    def ancestors(self, segment: int) -> list[int]:
        """The segments that one continues, first things first."""
        chain: list[int] = []
        while (segment := self.segments[segment].parent) >= 0:
            chain.append(segment)
        return chain[::-1]

    def places(self, segment: int) -> np.ndarray:
        """Packed places of all tokens down to the end of a segment, by position."""
        return np.concatenate([self.own(each) for each in [*self.ancestors(segment), segment]])


class Gather(torch.autograd.Function):
    """Rows of x [tokens, …] by index. Its gradient is summed segment by segment: in one order, and without atomics."""

    @staticmethod
    def forward(ctx, x, rows):  # noqa: ANN001, ANN205 (autograd's own signature)
        ctx.rows, ctx.count = rows, len(x)
        return x.index_select(0, rows.index)

    @staticmethod
    def backward(ctx, grad):  # noqa: ANN001, ANN205
        rows = ctx.rows
        out = grad.new_zeros(ctx.count, *grad.shape[1:])
        out[rows.first : rows.first + len(rows.own)] = grad.index_select(0, rows.own)
        for start, copies in rows.shared:
            length = copies.shape[1]
            copied = grad.index_select(0, copies.flatten()).unflatten(0, copies.shape)
            out[start : start + length] += copied.sum(0)
        return out, None


class Spread(torch.autograd.Function):
    """The inverse of a gather without copies: rows of x [padded, …] in packed order; padding gets no gradient."""

    @staticmethod
    def forward(ctx, x, own):  # noqa: ANN001, ANN205
        ctx.own, ctx.count = own, len(x)
        return x.index_select(0, own)

    @staticmethod
    def backward(ctx, grad):  # noqa: ANN001, ANN205
        return grad.new_zeros(ctx.count, *grad.shape[1:]).index_copy_(0, ctx.own, grad), None


class Rows:
    """Which packed tokens are gathered, and how their gradient comes back."""

    def __init__(self, lists: list[list[tuple[int, np.ndarray]]], width: int, pack: Pack, device: torch.device) -> None:
        """Per row the segments whose tokens it gathers, its own last; rows are `width` wide, or close together if 0."""
        index, own, copies, end = [], [], {}, 0
        for parts in lists:
            start = end
            for segment, places in parts:
                where = end + np.arange(len(places))
                if segment == parts[-1][0]:
                    own.append(where)
                else:
                    copies.setdefault(segment, []).append(where)
                index.append(places)
                end += len(places)
            if width:
                # Anything can stand where nothing looks.
                index.append(np.zeros(start + width - end, np.int64))
                end = start + width
        put = lambda array: torch.from_numpy(np.asarray(array, np.int64)).to(device)
        self.index = put(np.concatenate(index))
        self.first = int(pack.starts[lists[0][-1][0]])
        self.own = put(np.concatenate(own))
        self.shared = [(int(pack.starts[segment]), put(np.stack(each))) for segment, each in copies.items()]


def gathered(pack: Pack, members: list[int], ancestors: bool) -> list[list[tuple[int, np.ndarray]]]:
    """The segments that each of some segments gathers: itself, after its ancestors if they are wanted."""
    chains = [[*(pack.ancestors(each) if ancestors else []), each] for each in members]
    return [[(segment, pack.own(segment)) for segment in chain] for chain in chains]


class Level:
    """Segments with equally many ancestors, side by side, padded on the right."""

    def __init__(self, pack: Pack, members: list[int], device: torch.device) -> None:
        own = [len(pack.segments[each].tokens) for each in members]
        before = [pack.segments[each].begin for each in members]
        self.count = len(members)
        queries, keys = max(own), max(a + b for a, b in zip(own, before))
        self.queries = Rows(gathered(pack, members, False), queries, pack, device)
        self.keys = Rows(gathered(pack, members, True), keys, pack, device)
        self.mask = None
        if any(before):
            last = torch.tensor(before, device=device)[:, None] + torch.arange(queries, device=device)
            self.mask = (torch.arange(keys, device=device) <= last[..., None])[:, None]

    def __call__(self, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """The level's outputs from all packed tokens' q, k and v [tokens, heads, size]."""
        side_by_side = lambda x, rows: Gather.apply(x, rows).unflatten(0, (self.count, -1)).transpose(1, 2)
        mixed = attend(side_by_side(q, self.queries), side_by_side(k, self.keys), side_by_side(v, self.keys), self.mask)
        return Spread.apply(mixed.transpose(1, 2).flatten(0, 1), self.queries.own)


def by_levels(pack: Pack, device: torch.device) -> Attention:
    """One padded attention a level."""
    levels: list[list[int]] = []
    for index, segment in enumerate(pack.segments):
        if segment.level == len(levels):
            levels.append([])
        levels[segment.level].append(index)
    each = [Level(pack, members, device) for members in levels]

    def attention(_: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        q, k, v = (x[0].transpose(0, 1) for x in (q, k, v))
        return torch.cat([level(q, k, v) for level in each]).transpose(0, 1)[None]

    return attention


def by_flash(pack: Pack, device: torch.device) -> Attention:
    """All segments in one call of flash attention. Its causal mask is aligned at the ends: ancestors are seen whole."""
    # Imported where it is used: it takes more than a second.
    from torch.nn.attention.varlen import varlen_attn

    rows = None
    own = np.diff(pack.starts)
    seen = own + [segment.begin for segment in pack.segments]
    if any(segment.level for segment in pack.segments):
        rows = Rows(gathered(pack, list(range(len(pack.segments))), True), 0, pack, device)
    ends = lambda lengths: torch.from_numpy(np.cumsum([0, *lengths]).astype(np.int32)).to(device)
    query_ends, key_ends = ends(own), ends(seen)
    longest = int(own.max()), int(seen.max())

    def attention(_: int, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        q, k, v = (x[0].transpose(0, 1) for x in (q, k, v))
        if rows:
            k, v = Gather.apply(k, rows), Gather.apply(v, rows)
        grouped = q.shape[1] != k.shape[1]
        mixed = varlen_attn(q, k, v, query_ends, key_ends, *longest, window_size=(-1, 0), enable_gqa=grouped)
        return mixed.transpose(0, 1)[None]

    return attention


def flash_takes(device: torch.device, dtype: torch.dtype, head_size: int) -> bool:
    """Whether flash attention works here."""
    return device.type == "cuda" and dtype in FLASH_TYPES and head_size % 8 == 0 and head_size <= 256
