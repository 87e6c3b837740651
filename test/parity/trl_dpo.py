"""Losses and gradients of TRL's DPOTrainer: one JSON request on stdin, one JSON answer on stdout.

A trainer is made for each case from text pairs: it tokenises them, its collator makes one batch of all of them, its
`compute_loss` is called on that and differentiated. Nothing of the arithmetic is ours. No optimizer step is taken.
Request: {model, reference, scratch, pairs: [{prompt, chosen, rejected}], cases: [{loss, beta, gradients}]}.
Answer: {pairs: [{prompt, chosen, rejected}] as token ids, cases: [{loss, margin, accuracy}]}; the gradients are files.
"""

import json
import os
import sys
import warnings

os.environ.update(HF_HUB_OFFLINE="1", TRL_EXPERIMENTAL_SILENCE="1")
warnings.filterwarnings("ignore")

import datasets
import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import DPOConfig, DPOTrainer

transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()
datasets.disable_progress_bars()


def load(folder: str) -> torch.nn.Module:
    """The model in eager float32."""
    return AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")


def trainer_of(request: dict, case: dict) -> DPOTrainer:
    """A trainer that differs from TRL's defaults in its loss, and in what makes it compute in float32 on a CPU."""
    args = DPOConfig(
        output_dir=os.path.join(request["scratch"], "trainer"),
        loss_type=[case["loss"]],
        beta=case["beta"],
        bf16=False,
        use_cpu=True,
        gradient_checkpointing=False,
        max_length=None,
        report_to="none",
        disable_tqdm=True,
    )
    return DPOTrainer(
        model=load(request["model"]),
        ref_model=load(request["reference"]),
        args=args,
        train_dataset=datasets.Dataset.from_list(request["pairs"]),
        processing_class=AutoTokenizer.from_pretrained(request["reference"]),
    )


def answer(request: dict, case: dict) -> tuple[dict, list[dict]]:
    """Loss, reward margin and accuracy of one case, and the token ids of the pairs."""
    trainer = trainer_of(request, case)
    rows = list(trainer.train_dataset)
    model = trainer.model.train()
    loss = trainer.compute_loss(model, trainer.data_collator(rows))
    loss.backward()
    gradients = {name: p.grad for name, p in model.named_parameters() if p.grad is not None}
    save_file(gradients, case["gradients"])
    metrics = {name: values[-1] for name, values in trainer._metrics["train"].items()}
    tokens = [{role: row[f"{role}_ids"] for role in ("prompt", "chosen", "rejected")} for row in rows]
    found = {"loss": loss.item(), "margin": metrics["rewards/margins"], "accuracy": metrics["rewards/accuracies"]}
    return found, tokens


asked = json.load(sys.stdin)
answers = [answer(asked, case) for case in asked["cases"]]
print(json.dumps({"pairs": answers[0][1], "cases": [found for found, _ in answers]}))
