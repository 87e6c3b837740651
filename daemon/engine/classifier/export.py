# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.9", "transformers>=5", "onnx>=1.18", "onnxscript>=0.5", "onnxruntime", "numpy", "jinja2"]
# ///
"""Exports a Hugging Face reward model to a folder that Sparring reads: model.onnx, tokenizer.json, config.json, chat
template.

A reward model is any sequence-classification model with one label, such as Skywork-Reward-V2's
(LlamaForSequenceClassification). With a chat template it reads query and answer as a conversation; without one, as
encoders such as BERT have none, as the two texts of `tokenizer(query, answer)`.

    uv run export.py Skywork/Skywork-Reward-V2-Llama-3.2-3B skywork-reward-onnx

or with the Python of an environment that has torch, transformers, onnx and onnxscript. Weights become float32; above
1.5 GB they lie beside the graph, in model.onnx.data. It ends by comparing the graph with transformers on
queries and answers of several lengths in one batch, in onnxruntime if that is installed, else in ONNX's reference
evaluator, which is too slow for models above 100 million parameters and can't run some graphs. It fails where a logit
differs by more than 1e-3.
"""

import argparse
import sys
from pathlib import Path

import numpy as np
import onnx
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

TOLERANCE = 1e-3
LARGE = 1_500_000_000


class Logits(torch.nn.Module):
    """Tokens, attention mask and perhaps token types [B, L], padded on the right, to the logits [B, 1]."""

    def __init__(self, model: torch.nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor | None = None
    ) -> torch.Tensor:
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        return self.model(input_ids=input_ids, attention_mask=attention_mask, **types).logits


def load(source: str) -> tuple[torch.nn.Module, object]:
    """The model in float32 and its tokenizer; refuses what is no reward model."""
    tokenizer = AutoTokenizer.from_pretrained(source)
    # Eager attention is plain matrix products, which every exporter knows.
    model = AutoModelForSequenceClassification.from_pretrained(source, dtype=torch.float32, attn_implementation="eager")
    if model.config.num_labels != 1:
        sys.exit(
            f"{source} has {model.config.num_labels} labels, a reward model has one. Export a model that was trained"
            " with num_labels=1."
        )
    if model.config.pad_token_id is None:
        if tokenizer.pad_token_id is None:
            sys.exit(
                f"{source} has no padding token, so its answers can't be told from padding in a batch. Set pad_token_id"
                " in its config.json to a token that no conversation ends with."
            )
        model.config.pad_token_id = tokenizer.pad_token_id
    if tokenizer.chat_template is None and not reads_pairs(tokenizer):
        sys.exit(
            f"{source} has no chat template, and its tokenizer does not end two texts with marks, so it can't be told"
            " where an answer begins. Add the chat_template.jinja that it was trained with to its folder."
        )
    # Each sequence is read once. Encoders have no such argument, so it is said in the config.
    model.config.use_cache = False
    return model.eval(), tokenizer


def reads_pairs(tokenizer: object) -> bool:
    """Whether the tokenizer ends each of two texts with a mark, as encoders' do."""
    texts = tokenizer("1", "2").sequence_ids(0)
    return None in texts[texts.index(0) : texts.index(1)] and texts[-1] is None


def batch_of(tokenizer: object, turns: int) -> dict[str, torch.Tensor]:
    """Queries and answers of different lengths, in digits and signs that every tokenizer knows."""
    pairs = [(f"{i}+{i * i}", f"{i + i * i}" * (1 + i % 3)) for i in range(1, turns + 1)]
    padded = {"padding": True, "padding_side": "right", "return_tensors": "pt"}
    if tokenizer.chat_template is None:
        batch = tokenizer([q for q, _ in pairs], [a for _, a in pairs], **padded)
        names = ["input_ids", "attention_mask", "token_type_ids"]
        return {name: batch[name] for name in names if name in batch}
    messages = [[{"role": "user", "content": q}, {"role": "assistant", "content": a}] for q, a in pairs]
    texts = tokenizer.apply_chat_template(messages, tokenize=False)
    batch = tokenizer(texts, add_special_tokens=False, **padded)
    return {name: batch[name] for name in ("input_ids", "attention_mask")}


def export(model: torch.nn.Module, tokenizer: object, out: Path) -> None:
    """Writes the folder."""
    out.mkdir(parents=True, exist_ok=True)
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length")
    inputs = batch_of(tokenizer, 3)
    program = torch.onnx.export(
        Logits(model).eval(),
        kwargs=inputs,
        dynamic_shapes={name: {0: batch, 1: length} for name in inputs},
        input_names=list(inputs),
        output_names=["logits"],
        dynamo=True,
    )
    is_large = sum(p.numel() * 4 for p in model.parameters()) > LARGE
    program.save(str(out / "model.onnx"), external_data=is_large)
    model.config.save_pretrained(out)
    tokenizer.save_pretrained(out)


def run(path: Path, batch: dict[str, torch.Tensor], parameters: int) -> np.ndarray:
    """The graph's logits."""
    feeds = {name: values.numpy() for name, values in batch.items()}
    try:
        import onnxruntime
    except ModuleNotFoundError:
        if parameters > 100_000_000:
            sys.exit("install onnxruntime to compare a model of this size with transformers: pip install onnxruntime")
        from onnx.reference import ReferenceEvaluator

        try:
            return ReferenceEvaluator(onnx.load(path)).run(None, feeds)[0]
        except Exception as error:
            # Its operators have limits of their own: that of DeBERTa's gathers is 64 tokens.
            sys.exit(f"ONNX's reference evaluator can't run the graph ({error}): install onnxruntime, and export again")
    return onnxruntime.InferenceSession(str(path)).run(None, feeds)[0]


@torch.no_grad()
def compare(model: torch.nn.Module, tokenizer: object, out: Path) -> float:
    """The largest difference of a logit, on a batch of another size than the one that was exported with."""
    batch = batch_of(tokenizer, 7)
    ours = run(out / "model.onnx", batch, sum(p.numel() for p in model.parameters()))
    return float(np.abs(ours - model(**batch).logits.numpy()).max())


def main() -> None:
    """Exports, then compares."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a Hugging Face folder, or a model of the hub")
    parser.add_argument("out", type=Path, help="the folder to write")
    arguments = parser.parse_args()
    model, tokenizer = load(arguments.model)
    export(model, tokenizer, arguments.out)
    difference = compare(model, tokenizer, arguments.out)
    print(f"wrote {arguments.out}: largest difference from transformers {difference:.2e}")
    if not difference <= TOLERANCE:
        sys.exit(f"that is more than {TOLERANCE:g}: do not use this export")


if __name__ == "__main__":
    main()
