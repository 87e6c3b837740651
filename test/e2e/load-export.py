"""Loads exported folders as the model card says, and measures answers with them.

An adapter's base is loaded in the base's own precision unless told otherwise; the run computed in float32.

stdin: {"hf": folder, "peft": folder, "sequences": [{"prompt": ids, "response": ids}], "chat": messages}; stdout: JSON.
"""

import json
import sys

import torch
from peft import AutoPeftModelForCausalLM
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

logging.disable_progress_bar()


@torch.no_grad()
def measure(model, sequences):
    rows = []
    for each in sequences:
        prompt, response = each["prompt"], each["response"]
        logits = model.eval()(torch.tensor([prompt + response[:-1]])).logits[0, len(prompt) - 1 :]
        rows.append(torch.log_softmax(logits.float(), -1).gather(1, torch.tensor(response)[:, None])[:, 0].tolist())
    return rows


def chat(folder, messages):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False)


request = json.load(sys.stdin)
merged = AutoModelForCausalLM.from_pretrained(request["hf"])
adapted = AutoPeftModelForCausalLM.from_pretrained(request["peft"], dtype="float32")
print(
    json.dumps(
        {
            "dtype": str(merged.dtype),
            "hf": measure(merged, request["sequences"]),
            "peft": measure(adapted, request["sequences"]),
            "chats": [chat(request[folder], request["chat"]) for folder in ("hf", "peft")],
            "eos": merged.generation_config.eos_token_id,
        }
    )
)
