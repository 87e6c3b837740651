"""Draws with every way of decoding from one small model, for decode.slow.test.ts: decode.py <worker folder>"""

import json
import sys

sys.path.insert(0, sys.argv[1])

import numpy as np
import torch
import waves
from decoder import Decoder, attend
from decoding import Completion, Decoding, Drawing
from draw import draw
from refused import Aborted
from sampler import Sampler
from shape import Shape
from step import Step
from weights import Weights, model_parameters

torch.set_num_threads(1)
SHAPE = Shape(
    hidden=32,
    intermediate=48,
    layers=2,
    heads=4,
    kv_heads=2,
    head_size=8,
    vocabulary=60,
    norm_epsilon=1e-5,
    rope_theta=10000.0,
    rope_scaling=None,
    tied_embeddings=False,
    attention_bias=False,
    qk_norm=True,
)
# Crosses two blocks of noise and the first bucket of answers' lengths.
MAX_TOKENS = 70
STOPS = [3, 17]


def model(device: str, dtype: torch.dtype) -> tuple[Decoder, dict[str, torch.Tensor]]:
    """A decoder and seeded weights, large enough that logits differ."""
    weights = Weights(model_parameters(SHAPE), torch.float32, torch.device("cpu"))
    generator = torch.Generator().manual_seed(1)
    for tensor in weights.views().values():
        deviation = 0.2 if tensor.dim() == 1 else 1.2 / tensor.shape[1] ** 0.5
        tensor.normal_(0, deviation, generator=generator)
        if tensor.dim() == 1:
            tensor += 1
    decoder = Decoder(SHAPE, None, torch.device(device))
    return decoder, {name: tensor.to(device, dtype) for name, tensor in weights.views().items()}


def requests() -> tuple[list[np.ndarray], np.ndarray]:
    """Ragged prompts with a common beginning of 40 tokens, in groups of 1 to 9 answers, shuffled; their keys."""
    random = np.random.default_rng(2)
    beginning = random.integers(0, SHAPE.vocabulary, 40)
    prompts, keys = [], []
    for query, answers in enumerate([8, 5, 1, 9, 3, 8, 1, 2]):
        prompt = np.concatenate([beginning, random.integers(0, SHAPE.vocabulary, 1 + query * 3)]).astype(np.int32)
        for answer in range(answers):
            prompts.append(prompt)
            keys.append([7, 2, 2, query, answer])
    order = random.permutation(len(prompts))
    return [prompts[i] for i in order], np.array(keys, float)[order]


def told(completions: list[Completion]) -> list[dict]:
    return [
        {"tokens": each.tokens.tolist(), "logprobs": each.logprobs.tolist(), "stopped": each.stopped}
        for each in completions
    ]


def measured(decoder: Decoder, weights: dict, prompt: np.ndarray, tokens: np.ndarray, temperature: float) -> list[float]:
    """Log-probabilities of an answer from one forward pass over the whole text."""
    text = torch.from_numpy(np.concatenate([prompt, tokens[:-1]]).astype(np.int64))[None].to(decoder.frequencies.device)
    positions = torch.arange(text.shape[1], device=text.device)[None]
    hidden = decoder.hidden(weights, text, positions, lambda _, q, k, v: attend(q, k, v))
    logits = decoder.logits(weights, hidden[0, len(prompt) - 1 :])
    chosen = torch.from_numpy(tokens.astype(np.int64)).to(text.device)[:, None]
    return (logits / temperature).log_softmax(-1).gather(1, chosen)[:, 0].tolist()


class Watched(Step):
    """Notes how many rows each step has."""

    counts: list[int] = []

    def __call__(self) -> None:
        self.counts.append(self.rows.count)
        super().__call__()


def variants(device: str, dtype: torch.dtype) -> dict:
    """The same requests drawn in every way."""
    decoder, weights = model(device, dtype)
    prompts, keys = requests()
    waves.Step = Watched

    def drawn(decoding: Decoding, temperature: float = 0.9, most: int = 256, budget: int = 2**30) -> dict:
        Watched.counts = []
        drawing = Drawing(temperature, MAX_TOKENS, STOPS)
        sampler = Sampler(decoder, torch.device(device), decoding, budget)
        answers = sampler.sample(weights, prompts, keys, drawing, most, lambda _: None)
        return {"answers": told(answers), "rows": list(Watched.counts)}

    ways = {
        "plain": drawn(Decoding(shared_prompts=False, shared_prefix=False)),
        "shared prompts": drawn(Decoding(shared_prefix=False)),
        "shared prompts and prefix": drawn(Decoding()),
        "a look every 16 steps": drawn(Decoding(look=16)),
        "buckets": drawn(Decoding(buckets=True, look=16)),
        "seven rows at once": drawn(Decoding(), most=7),
        "little memory": drawn(Decoding(), budget=200_000),
        "plain, the most likely": drawn(Decoding(shared_prompts=False, shared_prefix=False), temperature=0),
        "shared, the most likely": drawn(Decoding(buckets=True, look=16), temperature=0),
    }
    if device == "cuda":
        ways["graph"] = drawn(Decoding(buckets=True, graph=True, look=16))
    trained = [
        measured(decoder, weights, prompt, np.array(each["tokens"]), 0.9)
        for prompt, each in zip(prompts, ways["shared prompts and prefix"]["answers"])
    ]
    return {"ways": ways, "trained": trained}


def aborted() -> list[list[dict]]:
    """A draw that is cut off at its fifth look, one after it by the same sampler, and one by a fresh sampler."""
    decoder, weights = model("cpu", torch.float32)
    prompts, keys = requests()
    drawing = Drawing(0.9, MAX_TOKENS, STOPS)
    looks = []

    def fifth(_: int) -> None:
        looks.append(None)
        if len(looks) == 5:
            raise Aborted

    sampler = Sampler(decoder, torch.device("cpu"), Decoding(), 2**30)
    try:
        sampler.sample(weights, prompts, keys, drawing, 256, fifth)
        raise AssertionError("not cut off")
    except Aborted:
        pass
    fresh = Sampler(decoder, torch.device("cpu"), Decoding(), 2**30)
    return [told(each.sample(weights, prompts, keys, drawing, 256, lambda _: None)) for each in (sampler, fresh)]


def draws() -> list[dict]:
    """Tokens drawn from random logits, and those that plain inversion in double precision draws with the same numbers."""
    found = []
    for vocabulary in (1, 11, 64, 509, 32000):
        random = np.random.default_rng(vocabulary)
        logits = random.normal(0, 3, (200, vocabulary)).astype(np.float32)
        uniforms = random.random(200)
        uniforms[:2] = 0, 1 - 2**-53
        tokens, logprobs = draw(torch.from_numpy(logits), 0.7, torch.from_numpy(uniforms))
        scaled = logits.astype(float) / 0.7
        weights = np.exp(scaled - scaled.max(1, keepdims=True))
        below = weights.cumsum(1)
        expected = [int(np.searchsorted(row, u * row[-1], "right")) for row, u in zip(below, uniforms)]
        exact = np.log(weights / below[:, -1:])[np.arange(200), tokens.numpy()]
        found.append(
            {
                "vocabulary": vocabulary,
                "others": sum(a != b for a, b in zip(tokens.tolist(), expected)),
                "error": float(np.abs(logprobs.numpy() - exact).max()),
            }
        )
    return found


with torch.inference_mode():
    devices = [("cpu", torch.float32), *([("cuda", torch.float32)] if torch.cuda.is_available() else [])]
    answer = {
        "variants": [variants(*each) for each in devices],
        "rough": variants("cpu", torch.bfloat16),
        "aborted": aborted(),
        "draws": draws(),
    }
print(json.dumps(answer))
