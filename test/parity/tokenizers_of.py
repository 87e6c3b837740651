"""Tokenizers for the models of models.py: small ones of each family's kind, trained here, and SmolLM2's own."""

import json

from gguf import GGUFReader
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors, trainers
from tokenizers.models import BPE
from transformers import PreTrainedTokenizerFast

CORPUS = [
    "The quick brown fox jumps over the lazy dog. It isn't the dog's fault that they've all jumped before.",
    "What is 12 + 34? The answer is 46, and 1234567890 is a number with ten digits.",
    "def add(a, b):\n    return a + b  # indented code\n\n\tfor i in range(10):\n\t\tprint(i)\n",
    "Größe, naïveté, Ελληνικά, русский язык, 日本語のテキスト, 中文文本, العربية, हिन्दी, 한국어 👍🏽 👨‍👩‍👧",
]

CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)
LLAMA2_CHAT = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}"
    "{{ '[INST] ' + message['content'] | trim + ' [/INST]' }}{% else %}"
    "{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}{% endfor %}"
)
LLAMA3_CHAT = (
    "{{- bos_token }}{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'"
    " + message['content'] | trim + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)

QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA3_SPLIT = QWEN_SPLIT.replace(r"|\p{N}|", r"|\p{N}{1,3}|")


def smollm_pieces():
    return pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(False)])


def split_pieces(pattern):
    split = pre_tokenizers.Split(Regex(pattern), behavior="isolated")
    return pre_tokenizers.Sequence([split, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def wrap(tokenizer, template, bos, eos, pad):
    wrapped = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token=bos, eos_token=eos, pad_token=pad, clean_up_tokenization_spaces=False
    )
    wrapped.chat_template = template
    return wrapped


def byte_level(pieces, specials, normalizer=None):
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer, tokenizer.decoder = pieces, decoders.ByteLevel()
    if normalizer:
        tokenizer.normalizer = normalizer
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=480, special_tokens=specials, initial_alphabet=alphabet, show_progress=False
    )
    tokenizer.train_from_iterator(CORPUS * 2, trainer)
    return tokenizer


def llama2():
    """As a converted SentencePiece model: spaces are ▁, and unknown characters fall back to bytes."""
    specials = ["<unk>", "<s>", "</s>"]
    trained = Tokenizer(BPE(unk_token="<unk>"))
    trained.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    fallback = [f"<0x{byte:02X}>" for byte in range(256)]
    trainer = trainers.BpeTrainer(vocab_size=400, special_tokens=specials + fallback, show_progress=False)
    trained.train_from_iterator(CORPUS[:3], trainer)
    state = json.loads(trained.to_str())["model"]
    merges = [tuple(pair) for pair in state["merges"]]
    tokenizer = Tokenizer(BPE(state["vocab"], merges, unk_token="<unk>", fuse_unk=True, byte_fallback=True))
    tokenizer.normalizer = trained.normalizer
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
    )
    tokenizer.add_special_tokens(specials)
    begin = [("<s>", tokenizer.token_to_id("<s>"))]
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=begin)
    return wrap(tokenizer, LLAMA2_CHAT, "<s>", "</s>", "</s>")


def random_family(family):
    if family == "llama2":
        return llama2()
    if family == "llama3":
        specials = ["<|begin_of_text|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>"]
        tokenizer = byte_level(split_pieces(LLAMA3_SPLIT), specials)
        begin = [(specials[0], tokenizer.token_to_id(specials[0]))]
        tokenizer.post_processor = processors.TemplateProcessing(single=f"{specials[0]} $A", special_tokens=begin)
        return wrap(tokenizer, LLAMA3_CHAT, specials[0], specials[1], specials[1])
    specials = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    if family == "qwen":
        tokenizer = byte_level(split_pieces(QWEN_SPLIT), specials, normalizers.NFC())
        return wrap(tokenizer, CHATML, None, "<|im_end|>", "<|endoftext|>")
    return wrap(byte_level(smollm_pieces(), specials), CHATML, "<|im_start|>", "<|im_end|>", "<|endoftext|>")


def smollm2(path):
    """From the GGUF file's own tables. transformers' converter drops the splitting of numbers into digits, so not by it."""
    fields = GGUFReader(path).fields
    of = lambda name: fields[f"tokenizer.{name}"].contents()
    tokens = of("ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in of("ggml.merges")]
    tokenizer = Tokenizer(BPE({token: i for i, token in enumerate(tokens)}, merges))
    tokenizer.pre_tokenizer, tokenizer.decoder = smollm_pieces(), decoders.ByteLevel()
    control = 3
    marked = [token for token, kind in zip(tokens, of("ggml.token_type")) if kind == control]
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in marked])
    bos, eos, pad = (tokens[of(f"ggml.{name}_token_id")] for name in ("bos", "eos", "padding"))
    return wrap(tokenizer, of("chat_template"), bos, eos, pad)
