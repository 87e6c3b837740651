"""The switches of what makes the worker fast. Each has a plain path that computes the same, which is the check of it."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Fast:
    """What is switched on, as TorchEngineOptions.fast describes it."""

    mergedAdapter: bool
    sharedPrompts: bool
    chunkedLogits: bool
    compile: bool
    # "on", "off", or "auto": once a single sequence does not fit without.
    checkpointing: str
    graphDecode: bool

    @staticmethod
    def of(asked: dict[str, Any], cuda: bool) -> "Fast":
        """What was asked for, and for all else what pays on the device."""
        defaults = Fast(
            mergedAdapter=True,
            sharedPrompts=True,
            chunkedLogits=True,
            compile=cuda,
            checkpointing="auto",
            graphDecode=cuda,
        )
        return replace(defaults, **asked)
