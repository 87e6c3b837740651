"""Trains the small reward model on preferences over nano's sums, as a Hugging Face folder.

Bradley-Terry, with the chosen answer's likelihood beside it: L = mean softplus(r(rejected) - r(chosen)) - mean log
p(chosen), r the one logit of a LlamaForSequenceClassification, and p read off the same hidden states by the
embedding's transpose. The second term (after Yang et al., "Regularizing Hidden States Enables Learning Generalizable
Reward Model for LLMs", 2024, here in its simplest form [ours]) teaches it to add: without it, 2500 steps came to 76 %
of pairs on the mistakes that people make. Texts go through nano's own tokenizer and chat template. Deterministic for
one build of PyTorch and one number of threads (this was made with OMP_NUM_THREADS=1). By hand, in order:

    npx tsx daemon/cli/nano-preferences.ts > preferences.jsonl
    python daemon/models/nano-reward/train.py preferences.jsonl nano-reward-hf
    python daemon/engine/classifier/export.py nano-reward-hf daemon/models/nano-reward/weights

What comes out is committed, with `provenance.json` beside it.
"""

import hashlib
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import AutoTokenizer, LlamaConfig, LlamaForSequenceClassification, PreTrainedTokenizerBase

SEED = 1
STEPS = 1200
BATCH = 128
LEARNING_RATE = 2e-3
WARM_UP = 100
Model = LlamaForSequenceClassification
NANO = Path(__file__).parent.parent / "nano" / "weights"


def small_model() -> Model:
    """A Llama of 0.3 million parameters with a score head, random."""
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=64, hidden_size=96, intermediate_size=256, num_hidden_layers=3, num_attention_heads=3,
        num_key_value_heads=3, head_dim=32, max_position_embeddings=64, rms_norm_eps=1e-5, num_labels=1,
        bos_token_id=1, eos_token_id=2, pad_token_id=0, initializer_range=0.05,
    )  # fmt: skip
    return Model(config)


def texts(tokenizer: PreTrainedTokenizerBase, pairs: list[dict]) -> tuple[torch.Tensor, torch.Tensor]:
    """Chosen conversations, then rejected ones: tokens and attention mask [2 * pairs, length], padded on the right."""
    sides = [(pair["query"], pair[side]) for side in ("chosen", "rejected") for pair in pairs]
    messages = [[{"role": "user", "content": q}, {"role": "assistant", "content": a}] for q, a in sides]
    rendered = tokenizer.apply_chat_template(messages, tokenize=False)
    batch = tokenizer(rendered, add_special_tokens=False, padding=True, padding_side="right", return_tensors="pt")
    return batch["input_ids"], batch["attention_mask"]


def margins(model: Model, tokenizer: PreTrainedTokenizerBase, pairs: list[dict]) -> torch.Tensor:
    """r(chosen) - r(rejected) of each pair."""
    tokens, mask = texts(tokenizer, pairs)
    chosen, rejected = model(input_ids=tokens, attention_mask=mask).logits.squeeze(-1).chunk(2)
    return chosen - rejected


def loss_of(model: Model, tokenizer: PreTrainedTokenizerBase, pairs: list[dict]) -> torch.Tensor:
    """The loss above; the likelihood is a mean over the chosen answers' tokens, the end of the turn included."""
    tokens, mask = texts(tokenizer, pairs)
    hidden = model.model(input_ids=tokens, attention_mask=mask).last_hidden_state
    last = mask.sum(1) - 1
    rewards = model.score(hidden[torch.arange(len(tokens)), last]).squeeze(-1)
    chosen, rejected = rewards.chunk(2)
    logits = hidden[: len(pairs), :-1] @ model.model.embed_tokens.weight.T
    targets = tokens[: len(pairs), 1:]
    # Answers begin after the assistant's mark.
    began = (tokens[: len(pairs), :-1] == tokenizer.convert_tokens_to_ids("<|assistant|>")).cumsum(1) > 0
    is_answer = began & (mask[: len(pairs), 1:] > 0)
    return F.softplus(rejected - chosen).mean() + F.cross_entropy(logits[is_answer], targets[is_answer])


@torch.no_grad()
def accuracy(model: Model, tokenizer: PreTrainedTokenizerBase, pairs: list[dict]) -> dict[str, float]:
    """Share of pairs in which the chosen answer has the higher reward, of all and by kind of mistake."""
    right = (margins(model, tokenizer, pairs) > 0).float().tolist()
    by_kind = defaultdict(list)
    for pair, is_right in zip(pairs, right):
        by_kind["all"].append(is_right)
        by_kind[pair["kind"]].append(is_right)
    return {kind: round(sum(values) / len(values), 4) for kind, values in by_kind.items()}


def rate(step: int) -> float:
    """A linear warm-up, then half a cosine to zero."""
    if step < WARM_UP:
        return (step + 1) / WARM_UP
    return 0.5 * (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP)))


def main(data: Path, out: Path) -> None:
    """Trains, measures on held-out sums, and writes the folder."""
    lines = [json.loads(line) for line in data.read_text().splitlines()]
    held_out = [line for line in lines if line["split"] == "held-out"]
    training = [line for line in lines if line["split"] == "train"]
    tokenizer = AutoTokenizer.from_pretrained(NANO)
    model = small_model()
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.99), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, rate)
    for step in range(STEPS):
        first = step * BATCH % (len(training) - BATCH)
        loss = loss_of(model, tokenizer, training[first : first + BATCH])
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if (step + 1) % 100 == 0:
            right = accuracy(model, tokenizer, held_out)
            print(f"step {step + 1}/{STEPS}: loss {loss.item():.3f}, {right}", flush=True)
    model.save_pretrained(out)
    tokenizer.save_pretrained(out)
    provenance = {
        "madeBy": "daemon/models/nano-reward/train.py",
        "seed": SEED,
        "steps": STEPS,
        "preferences": hashlib.sha256(data.read_bytes()).hexdigest(),
        "heldOutPairs": len(held_out),
        "heldOutPairAccuracy": accuracy(model, tokenizer, held_out),
    }
    (Path(__file__).parent / "provenance.json").write_text(json.dumps(provenance, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
