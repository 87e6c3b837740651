"""Rounds of TRL's GRPOTrainer on given prompts, for comparison with our engines: same model, same number of tokens, same threads.

Reads a JSON line {model, threads, prompts, groups, answerTokens, steps, variants, device, lora?} on stdin; prints one with TRL's own
`step_time` of each step, per variant. The model folder gets a tokenizer of one word a token, so that prompts are exactly these.
"""

import json
import os
import sys
import tempfile
import warnings

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
warnings.filterwarnings("ignore")

import torch
import transformers
import trl
from datasets import Dataset
from peft import LoraConfig
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoModelForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

transformers.logging.set_verbosity_error()

# What each variant changes of TRL's defaults. `tuned`: what costs time on purpose is off.
VARIANTS = {
    "default": {},
    "tuned": {"gradient_checkpointing": False},
    "continuous": {"gradient_checkpointing": False, "use_transformers_continuous_batching": True},
}


def word_tokenizer(vocabulary: int) -> PreTrainedTokenizerFast:
    """Token i is the word `ti`; the last one ends and pads."""
    words = Tokenizer(WordLevel({f"t{i}": i for i in range(vocabulary)}, unk_token="t0"))
    words.pre_tokenizer = WhitespaceSplit()
    last = f"t{vocabulary - 1}"
    return PreTrainedTokenizerFast(tokenizer_object=words, eos_token=last, pad_token=last, padding_side="left")


def reward(completions: list[str], **_: object) -> list[float]:
    """Differs between answers, so that there is something to learn; costs nothing."""
    return [float(len(text) % 7) for text in completions]


def adapter(lora: dict | None) -> LoraConfig | None:
    """PEFT's description of the adapter to train; all weights are trained without one."""
    if lora is None:
        return None
    return LoraConfig(r=lora["rank"], lora_alpha=lora["alpha"], target_modules=lora["targets"], task_type="CAUSAL_LM")


def step_times(request: dict, variant: str) -> list[float]:
    """Seconds of each training step, as TRL measures them: generation, reference log-probabilities, gradient and optimizer."""
    dtype = torch.float32 if request["device"] == "cpu" else torch.bfloat16
    model = AutoModelForCausalLM.from_pretrained(request["model"], dtype=dtype)
    prompts = [" ".join(f"t{token}" for token in prompt) for prompt in request["prompts"]]
    rows = len(prompts) * request["groups"]
    with tempfile.TemporaryDirectory() as folder:
        config = GRPOConfig(
            output_dir=folder,
            use_cpu=request["device"] == "cpu",
            bf16=request["device"] != "cpu",
            per_device_train_batch_size=rows,
            num_generations=request["groups"],
            max_completion_length=request["answerTokens"],
            max_steps=request["steps"],
            learning_rate=1e-9,
            beta=0.05,
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            seed=1,
            **VARIANTS[variant],
        )
        trainer = GRPOTrainer(
            model=model,
            reward_funcs=reward,
            args=config,
            train_dataset=Dataset.from_dict({"prompt": prompts}),
            processing_class=word_tokenizer(model.config.vocab_size),
            peft_config=adapter(request.get("lora")),
        )
        trainer.train()
        history = [entry for entry in trainer.state.log_history if "step_time" in entry]
        lengths = {entry["completions/mean_length"] for entry in history}
        if min(lengths) < 0.9 * request["answerTokens"]:
            raise RuntimeError(f"answers ended early: {sorted(lengths)} tokens of {request['answerTokens']}")
        return [entry["step_time"] for entry in history]


def main() -> None:
    request = json.loads(sys.stdin.readline())
    answers, sys.stdout = sys.stdout, sys.stderr
    torch.set_num_threads(request["threads"])
    times = {variant: step_times(request, variant) for variant in request["variants"]}
    versions = {"trl": trl.__version__, "transformers": transformers.__version__, "torch": torch.__version__}
    print(json.dumps({"times": times, "versions": versions}), file=answers)


main()
