"""Who can be asked: the policy in training, the reference, and snapshots; each a base, with an adapter on it or without."""

from dataclasses import dataclass

import torch
from decoder import Tensors
from lora import merge_into, merged_parameters
from shape import Adapter, Shape
from weights import Weights


@dataclass
class Policy:
    """One policy's weights: all of a model, and an adapter on it unless that would be the identity."""

    base: Weights
    adapter: Weights | None = None
    # Optimizer steps behind the adapter: part of the key of the noise that rounds its merged copy.
    step: int = 0


class Policies:
    """Policies by name, and how they compute: with their adapters merged into the weights, or beside them.

    There are two merged copies: one of the policy in training, which is brought up to date after each change of its
    weights, and one of the other policy that was asked for last, made when it is asked for.
    """

    def __init__(
        self,
        current: Policy,
        reference: Policy,
        shape: Shape,
        adapter: Adapter | None,
        dtype: torch.dtype,
        merging: bool,
    ) -> None:
        self.named = {"current": current, "reference": reference}
        self.shape = shape
        self.adapter = adapter
        self.dtype = dtype
        self.targets = merged_parameters(shape, adapter) if adapter and merging else None
        self.merged = self.buffer()
        self.other: Weights | None = None
        self.shown: Policy | None = None
        self.snapshots = 0
        self.refresh(0)

    def buffer(self) -> Weights | None:
        """Room for a merged copy of the weights that the adapter targets."""
        return Weights(self.targets, self.dtype, self.named["current"].base.flat.device) if self.targets else None

    def refresh(self, step: int) -> None:
        """Takes the changed weights in training into account."""
        current = self.named["current"]
        current.step = step
        self.merge(self.merged, current)

    @torch.no_grad()
    def merge(self, target: Weights | None, policy: Policy) -> None:
        if target:
            merge_into(target, policy.base.views(), policy.adapter.views(), self.adapter, policy.step)

    def snapshot(self) -> str:
        """Freezes a copy of the weights in training: of the adapter alone where there is one."""
        self.snapshots += 1
        name, current = f"snapshot-{self.snapshots}", self.named["current"]
        if current.adapter:
            self.named[name] = Policy(current.base, current.adapter.copy(), current.step)
        else:
            self.named[name] = Policy(current.base.copy())
        return name

    def release(self, name: str) -> None:
        """Forgets a snapshot."""
        if not name.startswith("snapshot-"):
            raise ValueError(f"policy {name} can't be released")
        if self.named.pop(name) is self.shown:
            self.other = self.shown = None

    def tensors(self, name: str) -> Tensors:
        """A policy's weights by name, in the type that computes. Valid until another one's are asked for."""
        policy = self.named[name]
        views = policy.base.views()
        if policy.adapter:
            views |= self.merged_views(policy) if self.targets else policy.adapter.views()
        return {name: tensor.to(self.dtype) for name, tensor in views.items()}

    def merged_views(self, policy: Policy) -> dict[str, torch.Tensor]:
        """The merged copy of the weights that a policy's adapter targets."""
        if policy is self.named["current"]:
            return self.merged.views()
        if policy is not self.shown:
            self.other = self.other or self.buffer()
            self.merge(self.other, policy)
            self.shown = policy
        return self.other.views()

    def trained(self, parameters: dict[str, torch.Tensor]) -> Tensors:
        """The weights in training, for a pass whose gradient goes through to the float32 parameters."""
        base = self.named["current"].base.views() if self.adapter else {}
        merged = self.merged.views() if self.merged else {}
        return {**base, **merged, **{name: tensor.to(self.dtype) for name, tensor in parameters.items()}}

    def exact(self) -> Tensors:
        """All weights in training in float32, an adapter merged into its base: W + s·B·A."""
        current = self.named["current"]
        views = {name: tensor.float() for name, tensor in current.base.views().items()}
        if current.adapter:
            target = Weights(merged_parameters(self.shape, self.adapter), torch.float32, current.base.flat.device)
            self.merge(target, current)
            views |= target.views()
        return views
