"""One GRPO-like round on the nano model in plain PyTorch, for comparison with the onnx engine.

Plain: modules as anyone would write them, SDPA attention, a KV cache that grows by concatenation, torch.optim.AdamW.
No compilation. Reads a JSON line {model, threads, prompts, groups, answer, repeats} on stdin, prints one with medians.
"""

import json
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from safetensors.torch import load_file


class Llama:
    def __init__(self, folder):
        with open(f"{folder}/config.json") as file:
            self.config = json.load(file)
        weights = load_file(f"{folder}/model.safetensors")
        self.w = {k: v.float().requires_grad_(True) for k, v in weights.items()}
        c = self.config
        half = c["head_dim"] // 2
        freq = c["rope_theta"] ** (-torch.arange(half) / half)
        angles = torch.arange(c["max_position_embeddings"])[:, None] * freq
        self.cos, self.sin = angles.cos(), angles.sin()

    def norm(self, x, name):
        return F.rms_norm(x, (x.shape[-1],), self.w[name], self.config["rms_norm_eps"])

    def rope(self, x, start):
        cos, sin = (t[start : start + x.shape[2]] for t in (self.cos, self.sin))
        a, b = x.chunk(2, -1)
        return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)

    def __call__(self, tokens, cache=None):
        """Logits [B, L, V]; with a cache, appends this call's keys and values to it."""
        c = self.config
        batch, length = tokens.shape
        start = cache[0][0].shape[2] if cache and cache[0] else 0
        x = F.embedding(tokens, self.w["model.embed_tokens.weight"])
        for i in range(c["num_hidden_layers"]):
            p = f"model.layers.{i}."
            h = self.norm(x, p + "input_layernorm.weight")
            q, k, v = (
                (h @ self.w[f"{p}self_attn.{n}_proj.weight"].T).view(batch, length, -1, c["head_dim"]).transpose(1, 2)
                for n in "qkv"
            )
            q, k = self.rope(q, start), self.rope(k, start)
            if cache is not None:
                if cache[i]:
                    k, v = torch.cat([cache[i][0], k], 2), torch.cat([cache[i][1], v], 2)
                cache[i] = (k, v)
            a = F.scaled_dot_product_attention(q, k, v, is_causal=length > 1)
            x = x + a.transpose(1, 2).reshape(batch, length, -1) @ self.w[p + "self_attn.o_proj.weight"].T
            h = self.norm(x, p + "post_attention_layernorm.weight")
            gate, up = (h @ self.w[f"{p}mlp.{n}_proj.weight"].T for n in ("gate", "up"))
            x = x + (F.silu(gate) * up) @ self.w[p + "mlp.down_proj.weight"].T
        return self.norm(x, "model.norm.weight") @ self.w["model.embed_tokens.weight"].T


def median(function, repeats):
    for _ in range(3):
        function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main():
    request = json.loads(sys.stdin.readline())
    torch.set_num_threads(request["threads"])
    model = Llama(request["model"])
    optimizer = torch.optim.AdamW(model.w.values(), lr=1e-9)
    prompts = torch.tensor(request["prompts"]).repeat_interleave(request["groups"], 0)
    answers = torch.tensor(request["answers"])
    length = prompts.shape[1]

    @torch.no_grad()
    def sample():
        cache = [None] * model.config["num_hidden_layers"]
        logits = model(prompts, cache)[:, -1]
        for step in range(answers.shape[1]):
            token = torch.multinomial(logits.softmax(-1), 1)
            logits.log_softmax(-1).gather(1, token)
            if step + 1 < answers.shape[1]:
                logits = model(token, cache)[:, -1]

    def logprobs():
        sequence = torch.cat([prompts, answers], 1)
        logits = model(sequence[:, :-1])[:, length - 1 :]
        return logits.log_softmax(-1).gather(2, answers[..., None])

    @torch.no_grad()
    def score():
        logprobs()

    def train():
        optimizer.zero_grad()
        (-logprobs().sum() / answers.numel()).backward()
        torch.nn.utils.clip_grad_norm_(model.w.values(), 1.0)
        optimizer.step()

    repeats = request["repeats"]
    print(json.dumps({"sample": median(sample, repeats), "score": median(score, repeats), "train": median(train, repeats), "version": torch.__version__}))


main()
