"""The other side of the parity tests: transformers and PEFT in float32, asked in JSON lines on stdin, answering on stdout.

Every request names the model folder ("model"), and may name a PEFT adapter folder on it ("adapter").
"""

import json
import sys
import time

import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging

logging.disable_progress_bar()
loaded = {}


def model_of(request, trainable=False):
    """The model in eager float32. One that is to be trained is loaded afresh."""
    key = (request["model"], request.get("adapter"))
    if trainable or key not in loaded:
        loaded.clear()
        model = AutoModelForCausalLM.from_pretrained(key[0], dtype=torch.float32, attn_implementation="eager")
        if key[1]:
            model = PeftModel.from_pretrained(model, key[1], is_trainable=trainable)
        loaded[key] = model.eval()
    return loaded[key]


def response_logprobs(model, sequence, temperature):
    """log softmax(logits/T) of each response token: one sequence at a time, no padding, no mask, no cache."""
    prompt, response = sequence["prompt"], sequence["response"]
    logits = model(torch.tensor([prompt + response[:-1]]), use_cache=False).logits[0, len(prompt) - 1 :]
    picked = torch.log_softmax(logits / temperature, -1)
    return picked.gather(1, torch.tensor(response)[:, None])[:, 0]


@torch.no_grad()
def logprobs(request):
    model = model_of(request)
    return [response_logprobs(model, each, request["temperature"]).tolist() for each in request["sequences"]]


@torch.no_grad()
def generate(request):
    """Greedy, through transformers' own cache."""
    model, answers = model_of(request), []
    for prompt in request["prompts"]:
        tokens = torch.tensor([prompt])
        out = model.generate(
            tokens,
            attention_mask=torch.ones_like(tokens),
            do_sample=False,
            max_new_tokens=request["maxTokens"],
            eos_token_id=request["stopTokens"],
            pad_token_id=0,
        )
        answers.append(out[0, len(prompt) :].tolist())
    return answers


def encode(request):
    """Plain text: no begin token, and the text of a control token is only text."""
    tokenizer = AutoTokenizer.from_pretrained(request["model"])
    return [tokenizer(text, add_special_tokens=False, split_special_tokens=True).input_ids for text in request["texts"]]


def decode(request):
    tokenizer = AutoTokenizer.from_pretrained(request["model"])
    return [tokenizer.decode(ids, skip_special_tokens=True) for ids in request["tokens"]]


def chat(request):
    tokenizer = AutoTokenizer.from_pretrained(request["model"])
    render = lambda messages: tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)
    return [render(messages)["input_ids"] for messages in request["chats"]]


def plain_name(name):
    """A weight's name as Sparring writes it: without PEFT's prefix and the adapter's name."""
    return name.removeprefix("base_model.model.").replace(".default.", ".")


def train(request):
    """Steps of torch.optim.AdamW on Σ coefficient·logp; log-probabilities after each, and the last gradient as a file."""
    model, adam = model_of(request, trainable=True), request["adam"]
    weights = {plain_name(name): p for name, p in model.named_parameters() if p.requires_grad}
    groups = [
        {"params": [p for p in weights.values() if p.dim() > 1], "weight_decay": adam["weightDecay"]},
        {"params": [p for p in weights.values() if p.dim() == 1], "weight_decay": 0.0},
    ]
    # JSON has no 0.0.
    betas = (float(adam["beta1"]), float(adam["beta2"]))
    optimizer = torch.optim.AdamW(groups, lr=adam["lr"], betas=betas, eps=adam["eps"])
    sequences, temperature = request["sequences"], request["temperature"]
    after, norms = [], []
    for _ in range(request["steps"]):
        optimizer.zero_grad()
        for sequence, coefficients in zip(sequences, request["coefficients"]):
            (response_logprobs(model, sequence, temperature) * torch.tensor(coefficients)).sum().backward()
        gradients = {name: p.grad.clone() for name, p in weights.items()}
        norms.append(torch.nn.utils.clip_grad_norm_(weights.values(), adam["maxGradNorm"]).item())
        optimizer.step()
        with torch.no_grad():
            after.append([response_logprobs(model, each, temperature).tolist() for each in sequences])
    save_file(gradients, request["gradients"])
    loaded.clear()
    return {"after": after, "norms": norms}


def timing(request):
    """Seconds of greedy sampling and of one LoRA update with its step, after one of each to warm up."""
    model, threads = model_of(request, trainable=True), request["threads"]
    torch.set_num_threads(threads)
    prompts = torch.tensor(request["prompts"])
    weights = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=1e-6)
    tokens = torch.cat([prompts, torch.tensor(request["responses"])], 1)
    labels = torch.tensor(request["responses"])[..., None]

    @torch.no_grad()
    def sample():
        ones = torch.ones_like(prompts)
        new = request["maxTokens"]
        model.generate(input_ids=prompts, attention_mask=ones, max_new_tokens=new, min_new_tokens=new, do_sample=True)

    def update():
        optimizer.zero_grad()
        for part in range(0, len(tokens), request["microBatch"]):
            rows = slice(part, part + request["microBatch"])
            logits = model(tokens[rows, :-1], use_cache=False, logits_to_keep=labels.shape[1]).logits
            torch.log_softmax(logits, -1).gather(2, labels[rows]).mean().neg().backward()
        optimizer.step()

    def seconds(work):
        work()
        start = time.perf_counter()
        work()
        return time.perf_counter() - start

    return {"sample": seconds(sample), "update": seconds(update)}


VERBS = dict(logprobs=logprobs, generate=generate, encode=encode, decode=decode, chat=chat, train=train, timing=timing)

for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(VERBS[asked["verb"]](asked)), flush=True)
