"""Named weights in one flat buffer: which there are, in which order, and reading them from a model folder's files."""

import math
from typing import NamedTuple

import noise
import torch
from refused import Refused
from safetensors import SafetensorError, safe_open
from shape import Adapter, Shape

# Every tensor begins on a cache line, so that equal weights give equal bits wherever they lie.
ALIGNMENT = 16


class Parameter(NamedTuple):
    """A weight's name, as Hugging Face and PEFT write it, and its shape."""

    name: str
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        return math.prod(self.shape)


def model_parameters(shape: Shape) -> list[Parameter]:
    """All weights of a model."""
    parameters = [Parameter("model.embed_tokens.weight", (shape.vocabulary, shape.hidden))]
    for layer in range(shape.layers):
        prefix = f"model.layers.{layer}"
        parameters.append(Parameter(f"{prefix}.input_layernorm.weight", (shape.hidden,)))
        for module, extent in shape.projections().values():
            parameters.append(Parameter(f"{prefix}.{module}.weight", extent))
            if shape.attention_bias and module[-6:] in ("q_proj", "k_proj", "v_proj"):
                parameters.append(Parameter(f"{prefix}.{module}.bias", extent[:1]))
        if shape.qk_norm:
            parameters.append(Parameter(f"{prefix}.self_attn.q_norm.weight", (shape.head_size,)))
            parameters.append(Parameter(f"{prefix}.self_attn.k_norm.weight", (shape.head_size,)))
        parameters.append(Parameter(f"{prefix}.post_attention_layernorm.weight", (shape.hidden,)))
    parameters.append(Parameter("model.norm.weight", (shape.hidden,)))
    if not shape.tied_embeddings:
        parameters.append(Parameter("lm_head.weight", (shape.vocabulary, shape.hidden)))
    return parameters


def adapter_parameters(shape: Shape, adapter: Adapter) -> list[Parameter]:
    """A LoRA adapter's weights: A [rank, in] and B [out, rank] for each target of each layer."""
    parameters = []
    for layer in range(shape.layers):
        for target in adapter.targets:
            module, (out, inner) = shape.projections()[target]
            parameters.append(Parameter(f"model.layers.{layer}.{module}.lora_A.weight", (adapter.rank, inner)))
            parameters.append(Parameter(f"model.layers.{layer}.{module}.lora_B.weight", (out, adapter.rank)))
    return parameters


class Weights:
    """Tensors of one type in one buffer: a copy, a step or a fork of all is one operation. Gaps stay zero."""

    def __init__(self, parameters: list[Parameter], dtype: torch.dtype, device: torch.device) -> None:
        self.parameters = parameters
        starts, end = [], 0
        for parameter in parameters:
            starts.append(end)
            end += -(-parameter.size // ALIGNMENT) * ALIGNMENT
        self.flat = torch.zeros(end, dtype=dtype, device=device)
        self.starts = starts

    @property
    def count(self) -> int:
        """Elements, gaps left out."""
        return sum(parameter.size for parameter in self.parameters)

    def views(self) -> dict[str, torch.Tensor]:
        """Each tensor by name, sharing the buffer's memory."""
        pairs = zip(self.starts, self.parameters)
        return {p.name: self.flat[start : start + p.size].view(p.shape) for start, p in pairs}

    def on_host(self) -> "Weights":
        """The same numbers in main memory, brought there in one piece; itself if it is there."""
        if self.flat.device.type == "cpu":
            return self
        other = Weights(self.parameters, self.flat.dtype, torch.device("cpu"))
        other.flat.copy_(self.flat)
        return other

    def like(self) -> "Weights":
        """As many zeros."""
        return Weights(self.parameters, self.flat.dtype, self.flat.device)

    def copy(self) -> "Weights":
        """The same numbers in memory of their own."""
        other = self.like()
        other.flat.copy_(self.flat)
        return other


def read_model(weights: Weights, folder: str, files: list[str]) -> None:
    """Fills weights from a model folder's safetensors files."""
    missing = weights.views()
    for path in files:
        try:
            with safe_open(path, "pt") as file:
                for name in missing.keys() & file.keys():
                    tensor, target = file.get_tensor(name), missing.pop(name)
                    if tensor.shape != target.shape:
                        raise unlike(folder, name, target, f"is {list(tensor.shape)} where config.json asks for")
                    target.copy_(tensor)
        except SafetensorError as error:
            raise Refused("corrupt", place=path, detail=str(error)) from error
    for name, target in missing.items():
        raise unlike(folder, name, target, "is missing, of shape")


def unlike(folder: str, name: str, target: torch.Tensor, how: str) -> Refused:
    """The refusal of a weight that is not as config.json says."""
    return Refused("weights-do-not-fit", place=folder, detail=f"{name} {how} {list(target.shape)}")


def initialise_adapter(weights: Weights, seed: int) -> None:
    """A normal with the variance of PEFT's default, 1/(3·in); B stays zero. The counter runs over A and B alike."""
    index = 0
    views = weights.views()
    for name, shape in weights.parameters:
        size = math.prod(shape)
        if name.endswith("lora_A.weight"):
            normals = noise.adapter_normals(seed, index, size) / math.sqrt(3 * shape[1])
            views[name].copy_(torch.from_numpy(normals).view(shape))
        index += size
