"""Writes a Llama with random weights: `make_llama.py FOLDER` with a JSON object of LlamaConfig's fields on stdin."""

import json
import sys

import torch
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(1)
fields = json.load(sys.stdin)
last = fields["vocab_size"] - 1
config = LlamaConfig(**fields, bos_token_id=None, eos_token_id=last, pad_token_id=last)
LlamaForCausalLM(config).save_pretrained(sys.argv[1])
