"""What fixes a decoder and its adapter. Read and checked by the daemon (daemon/models/config.ts), so plain fields here."""

from dataclasses import dataclass
from typing import Any

LLAMA3 = ("factor", "lowFreqFactor", "highFreqFactor", "originalMaxPositions")


@dataclass(frozen=True)
class Shape:
    """A decoder of the Llama family: sizes of its tensors, and the few things in which Qwen2 and Qwen3 differ."""

    hidden: int
    intermediate: int
    layers: int
    heads: int
    # Key/value heads; fewer than `heads` in grouped-query attention.
    kv_heads: int
    head_size: int
    vocabulary: int
    norm_epsilon: float
    rope_theta: float
    # Llama 3's factor, low and high frequency factor, and positions of the first training; none for plain rotary embeddings.
    rope_scaling: tuple[float, float, float, float] | None
    tied_embeddings: bool
    # Projections to queries, keys and values add a bias (Qwen2).
    attention_bias: bool
    # Queries and keys are normalised head by head before they are rotated (Qwen3).
    qk_norm: bool

    @staticmethod
    def of(config: dict[str, Any]) -> "Shape":
        """From the daemon's DecoderConfig."""
        scaling = config.get("ropeScaling")
        return Shape(
            hidden=config["hiddenSize"],
            intermediate=config["intermediateSize"],
            layers=config["numHiddenLayers"],
            heads=config["numAttentionHeads"],
            kv_heads=config["numKeyValueHeads"],
            head_size=config["headDim"],
            vocabulary=config["vocabSize"],
            norm_epsilon=config["rmsNormEps"],
            rope_theta=config["ropeTheta"],
            rope_scaling=tuple(scaling[name] for name in LLAMA3) if scaling else None,
            tied_embeddings=config["tieWordEmbeddings"],
            attention_bias=config["attentionBias"],
            qk_norm=config["qkNorm"],
        )

    def projections(self) -> dict[str, tuple[str, tuple[int, int]]]:
        """The seven projections of a layer: where each lies, and its [out, in]."""
        queries, keys = self.heads * self.head_size, self.kv_heads * self.head_size
        return {
            "q_proj": ("self_attn.q_proj", (queries, self.hidden)),
            "k_proj": ("self_attn.k_proj", (keys, self.hidden)),
            "v_proj": ("self_attn.v_proj", (keys, self.hidden)),
            "o_proj": ("self_attn.o_proj", (self.hidden, queries)),
            "gate_proj": ("mlp.gate_proj", (self.intermediate, self.hidden)),
            "up_proj": ("mlp.up_proj", (self.intermediate, self.hidden)),
            "down_proj": ("mlp.down_proj", (self.hidden, self.intermediate)),
        }


@dataclass(frozen=True)
class Adapter:
    """A LoRA adapter: y = x·Wᵀ + scale·(x·Aᵀ)·Bᵀ."""

    rank: int
    alpha: float
    targets: tuple[str, ...]
    seed: int
    rslora: bool

    @staticmethod
    def of(adapter: dict[str, Any]) -> "Adapter":
        """From the daemon's AdapterRef."""
        targets, rslora = tuple(adapter["targets"]), adapter.get("rslora", False)
        return Adapter(adapter["rank"], adapter["alpha"], targets, adapter["seed"], rslora)

    @property
    def scale(self) -> float:
        """alpha/rank, or rsLoRA's alpha/√rank (Kalajdzievski 2023)."""
        return self.alpha / (self.rank**0.5 if self.rslora else self.rank)
