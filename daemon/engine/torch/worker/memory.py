"""What happens when a device's memory runs out: less is done at once, the person is told, and the work goes on."""

import gc
from collections.abc import Callable
from typing import TypeVar

import torch
from refused import Refused

Tell = Callable[[str, str, str], None]
T = TypeVar("T")


class Memory:
    """How much is done at once. Begins with what the plans say, and shrinks when that does not fit."""

    def __init__(
        self, tell: Tell, relieve: Callable[[], bool], release: Callable[[], None], fail_above: int | None
    ) -> None:
        """`tell(code, message, next)` writes a notice. `relieve()` makes passes need less memory, if there is a way.

        `release()` frees what sampling keeps between calls. `fail_above`: tokens of a micro-batch from which on memory is said to have run out; for tests.
        """
        self.tell = tell
        self.relieve = relieve
        self.release = release
        self.fail_above = fail_above
        self.limit: int | None = None
        self.rows: int | None = None

    def pretend(self, tokens: int) -> None:
        """Runs out of memory where a test wants it to."""
        if self.fail_above is not None and tokens > self.fail_above:
            raise torch.OutOfMemoryError(f"a test allows {self.fail_above} tokens")

    def in_parts(
        self, indices: list[int], tokens: Callable[[list[int]], int], work: Callable[[list[int]], None]
    ) -> None:
        """Does `work` for all indices, in as many parts as memory asks for. Work that fails must change nothing."""
        waiting = [indices]
        while waiting:
            part = waiting.pop()
            if self.limit is not None and len(part) > 1 and tokens(part) > self.limit:
                waiting += halves(part)
                continue
            try:
                work(part)
                continue
            except torch.OutOfMemoryError:
                # Handled outside, where the failed work's tensors are no longer held.
                pass
            self.shrink(part, tokens(part))
            waiting.append(part)

    def shrink(self, part: list[int], tokens: int) -> None:
        """Takes note that a part did not fit."""
        self.release()
        empty_cache()
        if len(part) > 1:
            self.limit = tokens // 2
            message = f"Memory ran out at {tokens} tokens in one micro-batch; from now on it is at most {self.limit}."
        elif self.relieve():
            message = f"Memory ran out at one sequence of {tokens} tokens; layers are now computed twice to save it."
        else:
            raise Refused("out-of-memory", tokens=str(tokens))
        self.tell("engine/out-of-memory", message, f"Set engine.micro_batch_tokens below {tokens} to begin like this.")

    def draw(self, rows: int, longest: int, work: Callable[[int], T]) -> T:
        """`work(rows)` with as many rows of `longest` tokens side by side as fit, at most `rows`."""
        while True:
            rows = min(rows, self.rows or rows)
            try:
                self.pretend(rows * longest)
                return work(rows)
            except torch.OutOfMemoryError:
                pass
            self.release()
            empty_cache()
            if rows == 1:
                raise Refused("out-of-memory", tokens=str(longest))
            self.rows = rows // 2
            message = f"Memory ran out at {rows} answers side by side; from now on there are at most {self.rows}."
            self.tell(
                "engine/out-of-memory", message, "Lower solver.max_tokens, challenger.max_tokens or game.answers."
            )


def halves(part: list[int]) -> list[list[int]]:
    """The second half and the first, so that the first is taken first."""
    middle = (len(part) + 1) // 2
    return [part[middle:], part[:middle]]


def empty_cache() -> None:
    """Gives back what is not in use."""
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()
