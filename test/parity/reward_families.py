"""Small random reward models of many families, exported as the command does: reward_families.py <folder> <pairs> <family>…

<pairs> is JSON, [[query, answer], …]. Prints a line of JSON for each family: its name, and for each pair the tokens and the
logit that transformers makes of it. The model lies in <folder>/<family>/hf, the export in <folder>/<family>/onnx.
"""

import json
import runpy
import sys
from pathlib import Path

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoConfig, AutoModelForSequenceClassification, PreTrainedTokenizerFast

import tokenizers_of

SIZES = dict(hidden_size=64, intermediate_size=96, num_hidden_layers=2, num_attention_heads=4, num_labels=1)
GROUPED = dict(SIZES, num_key_value_heads=2, max_position_embeddings=320, initializer_range=0.2)
ENCODER = dict(SIZES, max_position_embeddings=320, initializer_range=0.2)

# Family → model type of transformers, its settings, its tokenizer.
FAMILIES = {
    "qwen2": ("qwen2", GROUPED, "qwen"),
    "qwen3": ("qwen3", dict(GROUPED, head_dim=16), "qwen"),
    "mistral": ("mistral", dict(GROUPED, sliding_window=16), "llama2"),
    "gemma2": ("gemma2", dict(GROUPED, head_dim=16, sliding_window=16, query_pre_attn_scalar=16), "llama2"),
    "gemma3": ("gemma3_text", dict(GROUPED, head_dim=16, sliding_window=16, query_pre_attn_scalar=16), "llama2"),
    "bert": ("bert", ENCODER, "wordpiece"),
    "roberta": ("roberta", dict(ENCODER, max_position_embeddings=322, type_vocab_size=1), "roberta"),
    "deberta": (
        "deberta-v2",
        dict(
            ENCODER,
            relative_attention=True,
            pos_att_type=["p2c", "c2p"],
            position_buckets=32,
            share_att_key=True,
            norm_rel_ebd="layer_norm",
            position_biased_input=False,
            type_vocab_size=0,
            pooler_hidden_size=64,
        ),
        "unigram",
    ),
}


def trained(model, trainer, normalizer, pieces, decoder, pair):
    """A tokenizer of the corpus that writes a pair of texts in its model's way."""
    tokenizer = Tokenizer(model)
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, pieces, decoder
    tokenizer.train_from_iterator(tokenizers_of.CORPUS * 2, trainer)
    tokenizer.post_processor = pair(tokenizer.token_to_id)
    return tokenizer


def bert_pair(id_of):
    special = [(token, id_of(token)) for token in ("[CLS]", "[SEP]")]
    single, pair = "[CLS]:0 $A:0 [SEP]:0", "[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1"
    return processors.TemplateProcessing(single=single, pair=pair, special_tokens=special)


def wordpiece():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=400, special_tokens=special, show_progress=False)
    normalizer = normalizers.BertNormalizer(lowercase=True)
    model = models.WordPiece(unk_token="[UNK]")
    return trained(model, trainer, normalizer, pre_tokenizers.BertPreTokenizer(), decoders.WordPiece(), bert_pair)


def roberta():
    special = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trainer = trainers.BpeTrainer(
        vocab_size=480,
        special_tokens=special,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    pieces = pre_tokenizers.ByteLevel(add_prefix_space=False)

    def pair(id_of):
        return processors.RobertaProcessing(("</s>", id_of("</s>")), ("<s>", id_of("<s>")), add_prefix_space=False)

    return trained(models.BPE(), trainer, None, pieces, decoders.ByteLevel(), pair)


def unigram():
    special = ["[PAD]", "[CLS]", "[SEP]", "[UNK]", "[MASK]"]
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=special, unk_token="[UNK]", show_progress=False)
    pieces = pre_tokenizers.Metaspace()
    normalizer = normalizers.Sequence([normalizers.Strip(), normalizers.NFKC()])
    return trained(models.Unigram(), trainer, normalizer, pieces, decoders.Metaspace(), bert_pair)


def tokenizer_of(kind):
    """A tokenizer with the names of its special tokens; a decoder's has a chat template."""
    if kind in ("qwen", "llama2"):
        return tokenizers_of.random_family(kind)
    made = {"wordpiece": wordpiece, "roberta": roberta, "unigram": unigram}[kind]()
    square = kind != "roberta"
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        cls_token="[CLS]" if square else "<s>",
        sep_token="[SEP]" if square else "</s>",
        pad_token="[PAD]" if square else "<pad>",
        unk_token="[UNK]" if square else "<unk>",
        mask_token="[MASK]" if square else "<mask>",
        clean_up_tokenization_spaces=False,
        model_input_names=["input_ids", "attention_mask"] + ["token_type_ids"] * (kind == "wordpiece"),
    )


def make(family, source):
    """Writes a random model's folder."""
    kind, settings, tokenizer_kind = FAMILIES[family]
    tokenizer = tokenizer_of(tokenizer_kind)
    ids = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("bos", "eos", "pad")}
    torch.manual_seed(3)
    config = AutoConfig.for_model(kind, **settings, **ids, vocab_size=len(tokenizer))
    model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    with torch.no_grad():
        # A fresh model's norms are all 1 and its biases all 0, which would hide a mistake with them.
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.add_(0.2 * torch.randn(parameter.shape))
    model.save_pretrained(source)
    tokenizer.save_pretrained(source)
    return model.eval(), tokenizer


def encoded(tokenizer, query, answer):
    """A pair as the model's own tokenizer has it: as a conversation, or as two texts."""
    if not tokenizer.chat_template:
        return tokenizer(query, answer, return_tensors="pt")
    messages = [{"role": "user", "content": query}, {"role": "assistant", "content": answer}]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    return tokenizer(text, add_special_tokens=False, return_tensors="pt")


@torch.inference_mode()
def main(folder, pairs, families):
    for family in families:
        source, exported = Path(folder, family, "hf"), Path(folder, family, "onnx")
        model, tokenizer = make(family, source)
        sys.argv = ["export.py", str(source), str(exported)]
        runpy.run_path("daemon/engine/classifier/export.py", run_name="__main__")
        inputs = [encoded(tokenizer, query, answer) for query, answer in json.loads(pairs)]
        tokens = [each["input_ids"][0].tolist() for each in inputs]
        logits = [model(**each).logits.item() for each in inputs]
        print(json.dumps({"family": family, "tokens": tokens, "logits": logits}), flush=True)


if __name__ == "__main__":
    with torch.inference_mode(False):
        main(sys.argv[1], sys.argv[2], sys.argv[3:])
