"""Our worker's phases of one round, driven in its own process: what crosses to the daemon (frames) is not in these numbers."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from shapes import Shape

sys.path.insert(0, str(Path(__file__).parents[3] / "daemon/engine/torch/worker"))

from model import Model  # noqa: E402
from prefix_tree import Sequence  # noqa: E402

LORA = {
    "rank": 32,
    "alpha": 64,
    "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
    "seed": 1,
}
ADAM = {"lr": 1e-6, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weightDecay": 0.0, "maxGradNorm": 1.0}
SOLVER, CHALLENGER, JUDGE = 2, 1, 3


class Ours:
    """An opened model of a shape."""

    def __init__(self, shape: Shape, folder: Path, device: str, fast: dict[str, Any]) -> None:
        self.shape = shape
        self.device = device
        request = {
            "dir": str(folder),
            "files": sorted(str(path) for path in folder.glob("*.safetensors")),
            "config": decoder_config(folder),
            "adapter": LORA,
            "options": {"device": device, "threads": 8, "deterministic": False, "microBatchTokens": 0, "fast": fast},
        }
        self.notices: list[str] = []
        self.model = Model(request, lambda code, message, next_: self.notices.append(message))
        rng = np.random.default_rng(1)
        work = shape.work
        self.prompts = [rng.integers(0, shape.vocabulary - 1, work.prompt).astype(np.int32) for _ in range(work.queries)]

    def clocked(self, work: Callable[[], Any]) -> tuple[Any, float]:
        """A result, and the seconds until the device had it."""
        start = time.perf_counter()
        result = work()
        if self.device == "cuda":
            torch.cuda.synchronize()
        return result, time.perf_counter() - start

    def draw(self, prompts: list[np.ndarray], answers: int, tokens: int, role: int, policy: str, round_: int) -> Any:
        """`answers` completions a prompt of exactly so many tokens."""
        keys = [(1, round_, role, query, answer) for query in range(len(prompts)) for answer in range(answers)]
        asked = {"policy": policy, "temperature": 1.0, "maxTokens": tokens, "stopTokens": []}
        rows = [prompt for prompt in prompts for _ in range(answers)]
        return self.model.sample(rows, np.array(keys), asked, ignore)

    def round(self, number: int, game: str) -> dict[str, float]:
        """Seconds per phase of a GRPO round, or of an LSP round: with the Challenger's queries and the judge's words."""
        work, seconds = self.shape.work, {}
        if game == "lsp":
            start = self.prompts[:1]
            _, seconds["challenge"] = self.clocked(
                lambda: self.draw(start, work.queries, work.prompt, CHALLENGER, "current", number)
            )
        drawn, seconds["sample"] = self.clocked(
            lambda: self.draw(self.prompts, work.answers, work.answer, SOLVER, "current", number)
        )
        batch = [Sequence(self.prompts[i // work.answers], each.tokens) for i, each in enumerate(drawn)]
        if game == "lsp":
            judged = [np.concatenate([each.prompt, each.response]) for each in batch]
            _, seconds["judge"] = self.clocked(lambda: self.draw(judged, 1, work.judgement, JUDGE, "reference", number))
        plan = micro_batches(batch, work.answers, self.model.micro_batch_tokens)
        _, seconds["reference"] = self.clocked(lambda: self.model.logprobs(batch, plan, "reference", 1.0, ignore))
        coefficients = [np.full(len(each.response), (i % 7 - 3) / 1e4, np.float32) for i, each in enumerate(batch)]
        _, seconds["gradient"] = self.clocked(lambda: self.model.update(batch, plan, coefficients, 1.0, ignore))
        _, seconds["step"] = self.clocked(lambda: self.model.step(ADAM))
        return seconds

    def measure(self, game: str, rounds: int) -> dict[str, float]:
        """Medians per phase over rounds, after two that build and warm up."""
        played = [self.round(number, game) for number in range(rounds + 2)][2:]
        return {phase: statistics.median(each[phase] for each in played) for phase in played[0]}


def micro_batches(batch: list[Sequence], group: int, limit: int) -> list[np.ndarray]:
    """Whole groups together, up to so many tokens with each prompt counted once: as the daemon's planner does here."""
    tokens = len(batch[0].prompt) + group * len(batch[0].response)
    groups = max(1, limit // tokens)
    size = groups * group if tokens <= limit else max(1, group * limit // tokens)
    return [np.arange(at, min(at + size, len(batch))) for at in range(0, len(batch), size)]


def decoder_config(folder: Path) -> dict[str, Any]:
    """What the daemon reads of config.json (daemon/models/config.ts), for the shapes of this bench."""
    config = json.loads((folder / "config.json").read_text())
    rope = config.get("rope_parameters") or config
    return {
        "hiddenSize": config["hidden_size"],
        "intermediateSize": config["intermediate_size"],
        "numHiddenLayers": config["num_hidden_layers"],
        "numAttentionHeads": config["num_attention_heads"],
        "numKeyValueHeads": config["num_key_value_heads"],
        "headDim": config["head_dim"],
        "vocabSize": config["vocab_size"],
        "rmsNormEps": config["rms_norm_eps"],
        "ropeTheta": rope["rope_theta"],
        "ropeScaling": None,
        "tieWordEmbeddings": config["tie_word_embeddings"],
        "attentionBias": config.get("attention_bias", False),
        "qkNorm": config["model_type"] == "qwen3",
    }


def ignore(done: int) -> None:
    """Nobody watches."""
