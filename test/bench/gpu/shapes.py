"""The models that the GPU bench plays with: real shapes, random weights, so that nothing has to be downloaded."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch


@dataclass(frozen=True)
class Work:
    """One round: queries × answers, tokens of a prompt, of an answer and of a judgement."""

    queries: int = 32
    answers: int = 8
    prompt: int = 128
    answer: int = 256
    # What the judge writes of an answer, in an LSP round.
    judgement: int = 130


@dataclass(frozen=True)
class Shape:
    """A model of the Hugging Face classes, by its config's fields."""

    name: str
    family: str
    hidden: int
    intermediate: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    work: Work = field(default_factory=Work)

    @property
    def matrix_parameters(self) -> int:
        """Parameters that every token is multiplied with, the (tied) output layer among them."""
        attention = self.hidden * self.head_size * (2 * self.heads + 2 * self.kv_heads)
        return self.layers * (attention + 3 * self.hidden * self.intermediate) + self.hidden * self.vocabulary

    @property
    def cache_bytes(self) -> int:
        """Keys and values of one token in bfloat16."""
        return 2 * 2 * self.layers * self.kv_heads * self.head_size

    def config(self) -> Any:
        """As transformers has it; the last token ends and pads."""
        from transformers import LlamaConfig, Qwen3Config

        kind = LlamaConfig if self.family == "llama" else Qwen3Config
        last = self.vocabulary - 1
        return kind(
            hidden_size=self.hidden,
            intermediate_size=self.intermediate,
            num_hidden_layers=self.layers,
            num_attention_heads=self.heads,
            num_key_value_heads=self.kv_heads,
            head_dim=self.head_size,
            vocab_size=self.vocabulary,
            max_position_embeddings=4096,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=last,
            pad_token_id=last,
        )

    def write(self, folder: Path, device: str, dtype: torch.dtype) -> None:
        """A model folder with seeded random weights."""
        from transformers import AutoModelForCausalLM

        torch.manual_seed(1)
        with torch.device(device):
            model = AutoModelForCausalLM.from_config(self.config(), dtype=dtype)
        model.save_pretrained(folder)


LLAMA_3B = Shape("Llama-3.2-3B", "llama", 3072, 8192, 28, 24, 8, 128, 128_256)
QWEN3_06B = Shape("Qwen3-0.6B", "qwen3", 1024, 3072, 28, 16, 8, 128, 151_936)
SMOLLM2 = Shape("SmolLM2-135M", "llama", 576, 1536, 30, 9, 3, 64, 49_152)
# For trying the bench out where there is no GPU: no number of it means anything.
TINY = Shape("tiny", "llama", 64, 128, 2, 4, 2, 16, 512, Work(queries=4, answers=4, prompt=16, answer=12, judgement=8))
