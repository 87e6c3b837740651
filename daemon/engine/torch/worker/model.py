"""A model with its policies and its optimizer. It knows no algorithm: log-probabilities out, coefficients in."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sampler
import state
import torch
import torch.nn.functional as F
from adamw import AdamW
from decoder import Decoder, Tensors, attend
from refused import Refused
from shape import Adapter, Shape
from weights import Weights, adapter_parameters, initialise_adapter, model_parameters, read_model

# Called between steps with the units of work that are done; raises Aborted if the call was cancelled.
Checkpoint = Callable[[int], None]

# Answers that are written side by side at most.
MAX_ROWS = 256
# Padded tokens of a micro-batch at most, which only small models reach within the budget.
MAX_MICRO_BATCH = 2048
# Bytes that the largest buffers of a call may take on the CPU.
CPU_BUDGET = 1_500_000_000


@dataclass(frozen=True)
class Policy:
    """One policy's weights: all of a model, and an adapter on it unless that would be the identity."""

    base: Weights
    adapter: Weights | None = None


@dataclass(frozen=True)
class Sequence:
    """A prompt and the response whose tokens count."""

    prompt: np.ndarray
    response: np.ndarray


class Model:
    """The state behind an opened engine. Trainable weights, their gradient and moments are float32, whatever computes."""

    def __init__(self, request: dict[str, Any]) -> None:
        """Reads a model folder: the fields of the `open` request."""
        options = request["options"]
        self.device = torch.device(options.get("device") or ("cuda" if torch.cuda.is_available() else "cpu"))
        cuda = self.device.type == "cuda"
        self.dtype = getattr(torch, options.get("precision") or ("bfloat16" if cuda else "float32"))
        torch.set_num_threads(options["threads"])
        # On the CPU the operations used here are deterministic as they are; there the switch would cost 1.2 s of imports.
        if cuda:
            torch.use_deterministic_algorithms(options["deterministic"])

        self.folder = Path(request["dir"])
        self.shape = Shape.of(request["config"])
        lora = request.get("adapter")
        self.adapter = Adapter(lora["rank"], lora["alpha"], tuple(lora["targets"]), lora["seed"]) if lora else None
        self.decoder = Decoder(self.shape, self.adapter, self.device)

        base = self.read(request["dir"], request["files"])
        if self.adapter:
            self.trainable = Weights(adapter_parameters(self.shape, self.adapter), torch.float32, self.device)
            initialise_adapter(self.trainable, self.adapter.seed)
            current, frozen = Policy(base, self.trainable), base
        else:
            self.trainable = base
            current, frozen = Policy(base), None
        reference = request.get("reference")
        if reference:
            frozen = self.read(reference["dir"], reference["files"])
        self.policies = {"current": current, "reference": Policy(frozen or base.copy())}
        self.snapshots = 0

        self.gradient = self.trainable.like()
        self.parameters = self.trainable.views()
        for name, gradient in self.gradient.views().items():
            self.parameters[name].requires_grad_().grad = gradient
        self.optimizer = AdamW(self.trainable)
        self.held: torch.Tensor | None = None
        # Measured once: what shares a batch must not depend on what ran before.
        self.budget = torch.cuda.mem_get_info(self.device)[0] // 2 if cuda else CPU_BUDGET
        self.micro_batch_tokens = options["microBatchTokens"] or self.automatic_micro_batch()

    def read(self, folder: str, files: list[str]) -> Weights:
        """A model's weights; in the type that computes, unless they are trained."""
        dtype = self.dtype if self.adapter else torch.float32
        weights = Weights(model_parameters(self.shape), dtype, self.device)
        read_model(weights, folder, files)
        return weights

    def facts(self) -> dict[str, Any]:
        """What the other side shows and records."""
        cuda = self.device.type == "cuda"
        properties = torch.cuda.get_device_properties(self.device) if cuda else None
        total = sum(parameter.size for parameter in model_parameters(self.shape))
        return {
            "trainableParameters": self.trainable.count,
            "totalParameters": total,
            "microBatchTokens": self.micro_batch_tokens,
            "gpu": {"name": properties.name, "bytes": properties.total_memory} if properties else None,
            "precision": str(self.dtype).removeprefix("torch."),
            "torch": torch.__version__,
            "python": platform.python_version(),
        }

    def snapshot(self) -> str:
        """Freezes a copy of the current weights."""
        self.snapshots += 1
        name, copy = f"snapshot-{self.snapshots}", self.trainable.copy()
        self.policies[name] = Policy(self.policies["current"].base, copy) if self.adapter else Policy(copy)
        return name

    def release(self, policy: str) -> None:
        """Forgets a snapshot."""
        if not policy.startswith("snapshot-"):
            raise ValueError(f"policy {policy} can't be released")
        del self.policies[policy]

    def tensors(self, policy: str) -> Tensors:
        """A policy's weights by name, in the type that computes."""
        weights = self.policies[policy]
        views = {**weights.base.views(), **(weights.adapter.views() if weights.adapter else {})}
        return {name: tensor.to(self.dtype) for name, tensor in views.items()}

    def sample(
        self, prompts: list[np.ndarray], keys: np.ndarray, request: dict[str, Any], checkpoint: Checkpoint
    ) -> list[sampler.Completion]:
        """One completion a prompt."""
        shape = self.shape
        longest = max(map(len, prompts)) + request["maxTokens"]
        row = 2 * self.dtype.itemsize * shape.layers * shape.kv_heads * shape.head_size * longest
        drawing = sampler.Drawing(
            temperature=request["temperature"],
            max_tokens=request["maxTokens"],
            stop_tokens=request["stopTokens"],
            max_rows=max(1, min(MAX_ROWS, self.budget // row)),
        )
        return sampler.sample(self.decoder, self.tensors(request["policy"]), prompts, keys, drawing, checkpoint)

    @torch.inference_mode()
    def logprobs(
        self,
        sequences: list[Sequence],
        micro_batches: list[np.ndarray],
        policy: str,
        temperature: float,
        checkpoint: Checkpoint,
    ) -> list[np.ndarray]:
        """Log-probability of every response token, per sequence."""
        weights = self.tensors(policy)
        measured: list[np.ndarray | None] = [None] * len(sequences)
        done = 0
        for indices in micro_batches:
            checkpoint(done)
            batch = [sequences[index] for index in indices]
            rows = split_responses(self.measure(weights, batch, temperature), batch)
            for index, row in zip(indices, rows):
                measured[index] = row
            done += len(indices)
        return measured

    def update(
        self,
        sequences: list[Sequence],
        micro_batches: list[np.ndarray],
        coefficients: list[np.ndarray],
        temperature: float,
        checkpoint: Checkpoint,
    ) -> list[np.ndarray]:
        """Adds Σ coefficient·∇logp to the gradient; the log-probabilities."""
        measured: list[np.ndarray | None] = [None] * len(sequences)
        done = 0
        for indices in micro_batches:
            checkpoint(done)
            rows = self.forward([sequences[index] for index in indices], temperature)
            self.backward(np.concatenate([coefficients[index] for index in indices]))
            for index, row in zip(indices, rows):
                measured[index] = row
            done += len(indices)
        return measured

    def forward(self, batch: list[Sequence], temperature: float) -> list[np.ndarray]:
        """The current log-probabilities of one micro-batch, whose graph is held for `backward`."""
        # Cast here, so that gradients go through to the float32 weights.
        trained = {name: tensor.to(self.dtype) for name, tensor in self.parameters.items()}
        base = self.policies["current"].base.views() if self.adapter else {}
        self.held = self.measure({**base, **trained}, batch, temperature)
        return split_responses(self.held.detach(), batch)

    def backward(self, coefficients: np.ndarray) -> None:
        """Adds Σ coefficient·∇logp of the micro-batch that is held, and lets it go."""
        held, self.held = self.held, None
        held.backward(torch.tensor(coefficients, device=self.device))

    def step(self, adam: dict[str, float]) -> dict[str, float]:
        """One AdamW step along −gradient, which is cleared."""
        norm = self.optimizer.apply(self.trainable.flat, self.gradient.flat, adam)
        if not np.isfinite(norm):
            raise Refused("not-finite")
        self.discard()
        return {"step": self.optimizer.step, "gradNorm": norm}

    def discard(self) -> None:
        """Clears the gradient."""
        self.held = None
        self.gradient.flat.zero_()

    def save(self, folder: str) -> None:
        """Writes trainable weights, moments and step count."""
        state.save(Path(folder), self.trainable, self.optimizer, self.adapter)

    def load(self, folder: str) -> None:
        """Reads what `save` wrote."""
        state.load(Path(folder), self.trainable, self.optimizer, self.adapter)
        self.discard()

    def export(self, folder: str, form: str) -> None:
        """Writes the current policy as a PEFT adapter or as a merged Hugging Face folder."""
        if form == "peft":
            state.save_trainable(Path(folder), self.trainable, self.adapter)
        else:
            state.export_merged(Path(folder), self.folder, self.merged())

    def merged(self) -> Tensors:
        """All weights of the current policy in float32, an adapter merged into its base: W + s·B·A."""
        merged = {name: tensor.float() for name, tensor in self.policies["current"].base.views().items()}
        if self.adapter:
            adapter = self.trainable.views()
            for name, a in adapter.items():
                if name.endswith(".lora_A.weight"):
                    module = name.removesuffix(".lora_A.weight")
                    update = adapter[f"{module}.lora_B.weight"] @ a
                    merged[f"{module}.weight"] = merged[f"{module}.weight"] + self.adapter.scale * update
        return merged

    def measure(self, weights: Tensors, batch: list[Sequence], temperature: float) -> torch.Tensor:
        """Log-probabilities of all response tokens of a micro-batch, one after the other."""
        # The last token is predicted, never read.
        texts = [np.concatenate([each.prompt, each.response])[:-1] for each in batch]
        length = max(1, *map(len, texts))
        # Padded on the right: what follows a token can't influence it.
        tokens = np.zeros((len(batch), length), np.int64)
        places = []
        for row, (each, text) in enumerate(zip(batch, texts)):
            tokens[row, : len(text)] = text
            places.append(row * length + len(each.prompt) - 1 + np.arange(len(each.response)))
        put = lambda array: torch.from_numpy(array.astype(np.int64)).to(self.device)
        positions = torch.arange(length, device=self.device)[None]
        hidden = self.decoder.hidden(weights, put(tokens), positions, lambda _, q, k, v: attend(q, k, v))
        logits = self.decoder.logits(weights, hidden.flatten(0, 1)[put(np.concatenate(places))])
        targets = put(np.concatenate([each.response for each in batch]))
        return -F.cross_entropy(logits / temperature, targets, reduction="none")

    def automatic_micro_batch(self) -> int:
        """Padded tokens whose activations fit the budget: what one leaves in every layer, and its logits with their gradient."""
        shape = self.shape
        layer = 20 * shape.hidden + 9 * shape.intermediate + 6 * shape.heads * shape.head_size
        token = 4 * (shape.layers * layer + 5 * shape.vocabulary)
        return min(MAX_MICRO_BATCH, max(64, self.budget // token))


def split_responses(logprobs: torch.Tensor, batch: list[Sequence]) -> list[np.ndarray]:
    """What `measure` returned, per sequence."""
    ends = np.cumsum([len(each.response) for each in batch])
    return np.split(logprobs.cpu().numpy(), ends[:-1])
