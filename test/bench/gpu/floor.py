"""The least time that a round's phases can take on a device, from its measured ceilings.

Counted are matrix products with the weights, and reading weights and caches. Left out are attention's own products, norms and
the optimizer (LoRA), which are small at these lengths: so these are floors.
"""

from ceilings import Ceilings
from shapes import Shape


def floors(shape: Shape, ceilings: Ceilings) -> dict[str, float]:
    """Seconds per phase. A prompt is computed once for all its answers; in decoding each row reads its prompt's cache."""
    work = shape.work
    rows = work.queries * work.answers
    weights = shape.matrix_parameters

    def product(tokens: int, passes: int = 1) -> float:
        return 2 * passes * weights * tokens / ceilings.flops

    def decode(rows: int, prompt: int, tokens: int) -> float:
        # Every step multiplies all rows with all weights (whichever takes longer: reading or multiplying), and reads the caches.
        step = max(2 * weights / ceilings.bandwidth, product(rows))
        cached = rows * (prompt + tokens / 2) * shape.cache_bytes / ceilings.bandwidth
        return tokens * (step + cached)

    packed = work.queries * work.prompt + rows * work.answer
    return {
        "challenge": product(work.prompt) + decode(work.queries, work.prompt, work.prompt),
        "sample": product(work.queries * work.prompt) + decode(rows, work.prompt, work.answer),
        "judge": product(packed) + decode(rows, work.prompt + work.answer, work.judgement),
        "reference": product(packed),
        # Weights of the base get no gradient with LoRA: one pass forward, one for the gradient of the activations.
        "gradient": product(packed, passes=2),
    }
