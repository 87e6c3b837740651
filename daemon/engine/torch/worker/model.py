"""A model with its policies and its optimizer. It knows no algorithm: log-probabilities out, coefficients in."""

import platform
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import state
import torch
from adamw import AdamW
from decoder import Decoder, Tensors
from decoding import MAX_ROWS, Completion, Decoding, Drawing
from device import choose_device, memory_budget
from fast import Fast
from memory import Memory, Tell
from passes import Graph, Passes, split_responses
from policies import Policies, Policy
from prefix_tree import Sequence
from refused import Refused
from sampler import Sampler
from shape import Adapter, Shape
from weights import Weights, adapter_parameters, initialise_adapter, model_parameters, read_model

# Called between steps with the units of work that are done; raises Aborted if the call was cancelled.
Checkpoint = Callable[[int], None]

# Tokens of a micro-batch at most, which only small models reach within the budget.
MAX_MICRO_BATCH = {"cpu": 2048, "cuda": 32768}


class Model:
    """The state behind an opened engine. Trainable weights, their gradient and moments are float32, whatever computes."""

    def __init__(self, request: dict[str, Any], tell: Tell) -> None:
        """Reads a model folder: the fields of the `open` request. `tell` writes notices."""
        options = request["options"]
        self.device = choose_device(options.get("device"))
        cuda = self.device.type == "cuda"
        self.dtype = getattr(torch, options.get("precision") or ("bfloat16" if cuda else "float32"))
        torch.set_num_threads(options["threads"])
        # On the CPU the operations used here are deterministic as they are; there the switch would cost 1.2 s of imports.
        if cuda:
            torch.use_deterministic_algorithms(options["deterministic"])
        self.fast = Fast.of(options.get("fast", {}), cuda)

        self.folder = Path(request["dir"])
        self.shape = Shape.of(request["config"])
        lora = request.get("adapter")
        self.adapter = Adapter.of(lora) if lora else None
        self.decoder = Decoder(self.shape, self.adapter, self.device)

        base = self.read(request["dir"], request["files"])
        beginning = None
        if self.adapter:
            self.trainable = Weights(adapter_parameters(self.shape, self.adapter), torch.float32, self.device)
            if "from" in lora:
                state.load_adapter(Path(lora["from"]), self.trainable)
                beginning = self.trainable.copy()
            else:
                initialise_adapter(self.trainable, self.adapter.seed)
            current, frozen = Policy(base, self.trainable), base
        else:
            self.trainable = base
            current, frozen = Policy(base), None
        reference = request.get("reference")
        if reference:
            frozen, beginning = self.read(reference["dir"], reference["files"]), None
        opened = Policy(frozen or base.copy(), beginning)
        merging = self.fast.mergedAdapter and self.adapter is not None
        self.policies = Policies(current, opened, self.shape, self.adapter, self.dtype, merging)

        self.gradient = self.trainable.like()
        self.gradients = self.gradient.views()
        self.parameters = self.trainable.views()
        for parameter in self.parameters.values():
            parameter.requires_grad_()
        self.optimizer = AdamW(self.trainable)

        self.budget = memory_budget(self.device)
        self.sampler = Sampler(self.decoder, self.device, Decoding.of(self.fast, cuda), self.budget)
        self.micro_batch_tokens = options["microBatchTokens"] or self.automatic_micro_batch()
        self.memory = Memory(tell, self.relieve, self.sampler.release, options.get("failAboveTokens"))
        compiled, static = self.fast.compile, self.fast.sharedPrompts
        self.trainer = Decoder(self.shape, self.adapter, self.device, merged=merging, compiled=compiled, static=static)
        self.trainer.checkpointing = self.fast.checkpointing == "on"
        bucket = -(-self.micro_batch_tokens // 4) if self.fast.compile else 1
        self.passes = Passes(self.trainer, self.fast, self.dtype, self.device, bucket)
        # A micro-batch that was sent forward and waits for its coefficients, with its graph if there was room for it.
        self.held: tuple[list[Sequence], float, Graph | None] | None = None

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
            "fast": asdict(self.fast),
            "torch": torch.__version__,
            "python": platform.python_version(),
        }

    def snapshot(self) -> str:
        """Freezes a copy of the current weights."""
        return self.policies.snapshot()

    def release(self, policy: str) -> None:
        """Forgets a snapshot."""
        self.policies.release(policy)

    def tensors(self, policy: str) -> Tensors:
        """A policy's weights by name, in the type that computes. Valid until those of another policy are asked for."""
        return self.policies.tensors(policy)

    def sample(
        self, prompts: list[np.ndarray], keys: np.ndarray, request: dict[str, Any], checkpoint: Checkpoint
    ) -> list[Completion]:
        """One completion a prompt."""
        weights = self.tensors(request["policy"])
        drawing = Drawing(
            temperature=request["temperature"],
            max_tokens=request["maxTokens"],
            stop_tokens=request["stopTokens"],
        )

        def draw(rows: int) -> list[Completion]:
            return self.sampler.sample(weights, prompts, keys, drawing, rows, checkpoint)

        longest = max(map(len, prompts)) + request["maxTokens"]
        return self.memory.draw(min(MAX_ROWS, len(prompts)), longest, draw)

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

        @torch.inference_mode()
        def measure(batch: list[Sequence], _: list[int]) -> torch.Tensor:
            return self.passes.measured(self.passes.graph(weights, batch), temperature)

        return self.in_micro_batches(sequences, micro_batches, checkpoint, measure)

    def update(
        self,
        sequences: list[Sequence],
        micro_batches: list[np.ndarray],
        coefficients: list[np.ndarray],
        temperature: float,
        checkpoint: Checkpoint,
    ) -> list[np.ndarray]:
        """Adds Σ coefficient·∇logp to the gradient; the log-probabilities."""

        def differentiate(batch: list[Sequence], part: list[int]) -> torch.Tensor:
            graph = self.passes.graph(self.policies.trained(self.parameters), batch)
            return self.accumulate(graph, temperature, np.concatenate([coefficients[index] for index in part]))

        return self.in_micro_batches(sequences, micro_batches, checkpoint, differentiate)

    def forward(self, batch: list[Sequence], temperature: float) -> list[np.ndarray]:
        """The current log-probabilities of one micro-batch, whose graph is held for `backward`.

        A graph that does not fit into memory is not held: `backward` then goes forward once more, part by part.
        """
        self.held = batch, temperature, None

        def hold(part: list[Sequence], _: list[int]) -> torch.Tensor:
            if len(part) < len(batch):
                with torch.no_grad():
                    return self.passes.measured(self.passes.graph(self.tensors("current"), part), temperature)
            graph = self.passes.graph(self.policies.trained(self.parameters), part)
            measured = self.passes.measured(graph, temperature).detach()
            self.memory.pretend(graph.layout.tokens.numel())
            self.held = batch, temperature, graph
            return measured

        return self.in_micro_batches(batch, [np.arange(len(batch))], no_checkpoint, hold)

    def backward(self, coefficients: np.ndarray) -> None:
        """Adds Σ coefficient·∇logp of the micro-batch that is held, and lets it go."""
        (batch, temperature, graph), self.held = self.held, None
        given = np.split(coefficients, np.cumsum([len(each.response) for each in batch])[:-1])
        graphs = [graph] if graph else []
        del graph

        def differentiate(part: list[Sequence], indices: list[int]) -> torch.Tensor:
            held = graphs.pop() if graphs else self.passes.graph(self.policies.trained(self.parameters), part)
            return self.accumulate(held, temperature, np.concatenate([given[index] for index in indices]))

        self.in_micro_batches(batch, [np.arange(len(batch))], no_checkpoint, differentiate)

    def accumulate(self, graph: Graph, temperature: float, coefficients: np.ndarray) -> torch.Tensor:
        """Adds a micro-batch's gradient, once all of it is there: one that fails on the way leaves nothing behind."""
        measured, gradients = self.passes.weighted(graph, temperature, coefficients, self.parameters)
        self.memory.pretend(graph.layout.tokens.numel())
        torch._foreach_add_([self.gradients[name] for name in gradients], list(gradients.values()))
        return measured

    def in_micro_batches(
        self,
        sequences: list[Sequence],
        micro_batches: list[np.ndarray],
        checkpoint: Checkpoint,
        work: Callable[[list[Sequence], list[int]], torch.Tensor],
    ) -> list[np.ndarray]:
        """Per sequence what `work(sequences, their indices)` measures, in these micro-batches or smaller ones."""
        measured: list[np.ndarray | None] = [None] * len(sequences)
        done = 0

        def part_of(part: list[int]) -> list[Sequence]:
            return [sequences[index] for index in part]

        def measure(part: list[int]) -> None:
            nonlocal done
            checkpoint(done)
            batch = part_of(part)
            for index, row in zip(part, split_responses(work(batch, part), batch)):
                measured[index] = row
            done += len(part)

        for indices in micro_batches:
            self.memory.in_parts(indices.tolist(), lambda part: self.passes.tokens(part_of(part)), measure)
        return measured

    def step(self, adam: dict[str, float]) -> dict[str, float]:
        """One AdamW step along −gradient, which is cleared."""
        norm = self.optimizer.apply(self.trainable.flat, self.gradient.flat, adam)
        if not np.isfinite(norm):
            raise Refused("not-finite")
        self.changed()
        return {"step": self.optimizer.step, "gradNorm": norm}

    def changed(self) -> None:
        """Follows up on new weights."""
        self.discard()
        self.policies.refresh(self.optimizer.step)

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
        self.changed()

    def export(self, folder: str, form: str) -> None:
        """Writes the current policy as a PEFT adapter or as a merged Hugging Face folder."""
        if form == "peft":
            state.save_trainable(Path(folder), self.trainable, self.adapter)
        else:
            state.export_merged(Path(folder), self.folder, self.policies.exact())

    def relieve(self) -> bool:
        """Computes layers twice rather than keeping what they made, where it is left open; whether that is new."""
        if self.fast.checkpointing != "auto" or self.trainer.checkpointing:
            return False
        self.trainer.checkpointing = True
        return True

    def automatic_micro_batch(self) -> int:
        """Tokens whose activations fit the budget: what one leaves in every layer, and its logits with gradient."""
        shape = self.shape
        layer = 20 * shape.hidden + 9 * shape.intermediate + 6 * shape.heads * shape.head_size
        kept = layer + shape.layers * shape.hidden if self.fast.checkpointing == "on" else shape.layers * layer
        logits = 0 if self.fast.chunkedLogits else 5 * shape.vocabulary
        token = self.dtype.itemsize * kept + 4 * logits
        return min(MAX_MICRO_BATCH[self.device.type], max(64, self.budget // token))


def no_checkpoint(done: int) -> None:
    """Within a request that is small enough not to be cancelled."""
