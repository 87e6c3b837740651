"""Training state and exports as files, the same as the onnx engine's: a checkpoint of one engine opens in the other.

Trainable weights under the names other tools expect (`model.safetensors`, or PEFT's `adapter_model.safetensors` with
`adapter_config.json`), AdamW's moments in `optimizer.safetensors`, the step count in `engine.json`.
"""

import json
import shutil
from pathlib import Path

import torch
from adamw import AdamW
from refused import Refused
from safetensors import SafetensorError
from safetensors.numpy import save_file
from safetensors.torch import load_file
from shape import Adapter
from weights import Weights

PEFT_PREFIX = "base_model.model."


def weights_file(folder: Path, adapter: Adapter | None) -> Path:
    """Where a folder has its trainable weights."""
    return folder / ("adapter_model.safetensors" if adapter else "model.safetensors")


def save(folder: Path, weights: Weights, optimizer: AdamW, adapter: Adapter | None) -> None:
    """Writes the whole training state into an existing folder."""
    save_trainable(folder, weights, adapter)
    moments = {**named(optimizer.first_moment, "m."), **named(optimizer.second_moment, "v.")}
    write_tensors(folder / "optimizer.safetensors", moments)
    state = json.dumps({"format": 1, "step": optimizer.step}, separators=(",", ":"))
    (folder / "engine.json").write_text(f"{state}\n")


def save_trainable(folder: Path, weights: Weights, adapter: Adapter | None) -> None:
    """Writes the trainable weights; an adapter's with PEFT's description of it."""
    write_tensors(weights_file(folder, adapter), named(weights, PEFT_PREFIX if adapter else ""))
    if adapter:
        config = {
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "r": adapter.rank,
            "lora_alpha": adapter.alpha,
            "use_rslora": adapter.rslora,
            "lora_dropout": 0,
            "bias": "none",
            "target_modules": adapter.targets,
        }
        (folder / "adapter_config.json").write_text(f"{json.dumps(config, indent=2)}\n")


def load(folder: Path, weights: Weights, optimizer: AdamW, adapter: Adapter | None) -> None:
    """Reads what `save` wrote; nothing changes unless all of it fits."""
    moments = folder / "optimizer.safetensors"
    copies = [
        *fitting(weights_file(folder, adapter), weights, PEFT_PREFIX if adapter else ""),
        *fitting(moments, optimizer.first_moment, "m."),
        *fitting(moments, optimizer.second_moment, "v."),
    ]
    step = json.loads((folder / "engine.json").read_text())["step"]
    for target, tensor in copies:
        target.copy_(tensor)
    optimizer.step = step


def load_adapter(folder: Path, weights: Weights) -> None:
    """Reads the adapter of a PEFT folder; nothing changes unless all of it fits."""
    for target, tensor in fitting(folder / "adapter_model.safetensors", weights, PEFT_PREFIX):
        target.copy_(tensor)


def fitting(path: Path, weights: Weights, prefix: str) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Each tensor with what a file has for it."""
    try:
        tensors = load_file(path)
    except SafetensorError as error:
        raise Refused("corrupt", place=str(path), detail=str(error)) from error
    pairs = []
    for name, target in weights.views().items():
        tensor = tensors.get(prefix + name)
        if tensor is None or tensor.shape != target.shape:
            raise Refused("state-does-not-fit", place=str(path), tensor=prefix + name)
        pairs.append((target, tensor))
    return pairs


def export_merged(folder: Path, source: Path, tensors: dict[str, torch.Tensor]) -> None:
    """A Hugging Face folder: the source's config, tokenizer and chat template, with these weights in float32."""
    for path in source.iterdir():
        if path.suffix in (".json", ".jinja", ".txt", ".model") and not path.name.endswith(".safetensors.index.json"):
            shutil.copyfile(path, folder / path.name)
    write_tensors(folder / "model.safetensors", tensors, {"format": "pt"})


def named(weights: Weights, prefix: str) -> dict[str, torch.Tensor]:
    """Each tensor under the name that a file gives it."""
    return {prefix + name: tensor for name, tensor in weights.on_host().views().items()}


def write_tensors(path: Path, tensors: dict[str, torch.Tensor], metadata: dict[str, str] | None = None) -> None:
    """Writes float32 tensors. Neither atomic nor flushed: that is the store's business."""
    save_file({name: tensor.cpu().numpy() for name, tensor in tensors.items()}, path, metadata)
