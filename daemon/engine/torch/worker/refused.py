"""What this worker won't do. The sentences that a person reads are on the other side, in refusals.ts."""


class Refused(Exception):
    """A request that can't be done as asked: a kind that refusals.ts knows, and what its sentence needs."""

    def __init__(self, kind: str, **facts: str) -> None:
        super().__init__(f"{kind} {facts}")
        self.answer = {"refused": {"kind": kind, **facts}}


class Aborted(Exception):
    """The daemon cancelled the request in work."""
