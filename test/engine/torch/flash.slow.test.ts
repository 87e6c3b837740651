import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { workerFolder } from "../../../daemon/engine/torch/worker-folder.ts";
import { missing, python } from "./python.ts";

/*
 * Flash attention needs a GPU. What is handed to it is checked here with a stand-in that does what its documentation says, slowly:
 * sequence by sequence, with a causal mask aligned at the ends.
 */
const script = `
import json, sys
sys.path.insert(0, ${JSON.stringify(workerFolder())})
import numpy as np, torch
import torch.nn.attention.varlen as varlen
from layout import packed, padded
from prefix_tree import Sequence

def stand_in(q, k, v, query_ends, key_ends, longest_query, longest_key, *, window_size, enable_gqa):
    assert window_size == (-1, 0) and enable_gqa == (q.shape[1] != k.shape[1])
    assert query_ends.dtype == key_ends.dtype == torch.int32
    assert int(query_ends[-1]) == len(q) and int(key_ends[-1]) == len(k) == len(v)
    assert int(query_ends.diff().max()) == longest_query and int(key_ends.diff().max()) == longest_key
    outputs = []
    for i in range(len(query_ends) - 1):
        a, b = (x[key_ends[i] : key_ends[i + 1]].transpose(0, 1).repeat_interleave(q.shape[1] // k.shape[1], 0) for x in (k, v))
        asked = q[query_ends[i] : query_ends[i + 1]].transpose(0, 1)
        seen = torch.ones(asked.shape[1], a.shape[1], dtype=torch.bool).tril(a.shape[1] - asked.shape[1])
        scores = (asked @ a.transpose(1, 2) * q.shape[-1] ** -0.5).masked_fill(~seen, -torch.inf)
        outputs.append((scores.softmax(-1) @ b).transpose(0, 1))
    return torch.cat(outputs)

varlen.varlen_attn = stand_in
random = np.random.default_rng(1)
draw = lambda length: random.integers(0, 50, length).astype(np.int32)
rubric, prompt = draw(60), draw(20)
prompts = [prompt, prompt, prompt, np.concatenate([rubric, draw(9)]), np.concatenate([rubric, draw(4)]), rubric, draw(3)]
batch = [Sequence(each, draw(length)) for each, length in zip(prompts, [5, 1, 8, 4, 0, 6, 2])]
device = torch.device("cpu")

def result(layout):
    """Outputs where responses are predicted, and the gradient of their weighted sum by what q, k and v are made of."""
    table = torch.nn.Parameter(torch.randn(3, 150, 50, 16, dtype=torch.double, generator=torch.Generator().manual_seed(2)))
    pick = lambda which, heads: torch.stack(
        [(table[which, layout.positions[0]] * (head + 1))[torch.arange(layout.tokens.shape[1]), row] for row in layout.tokens for head in range(heads)]
    ).unflatten(0, (-1, heads))
    mixed = layout.attention(0, pick(0, 4), pick(1, 2), pick(2, 2))
    rows = mixed.transpose(1, 2).flatten(0, 1)[layout.places]
    weights = torch.randn(rows.shape, dtype=torch.double, generator=torch.Generator().manual_seed(3))
    (rows * weights).sum().backward()
    return rows.detach(), table.grad

torch.manual_seed(1)
expected = result(padded(batch, device))
differences = {}
for name, layout in {
    "flash": packed(batch, 1, True, device),
    "flash in buckets": packed(batch, 64, True, device),
    "levels in buckets": packed(batch, 64, False, device),
    "no two alike": packed(batch[-1:], 1, True, device),
}.items():
    wanted = result(padded(batch[-1:], device)) if name == "no two alike" else expected
    found = result(layout)
    differences[name] = [float((a - b).abs().max()) for a, b in zip(found, wanted)]
lengths = [packed(batch, bucket, True, device).tokens.shape[1] for bucket in (1, 64)]
print(json.dumps({"differences": differences, "lengths": lengths, "padded": padded(batch, device).tokens.numel()}))
`;

test("what is handed to flash attention means the same as padded rows, gradients too", { skip: missing }, () => {
  const { stdout, stderr } = spawnSync(python, ["-B", "-c", script], { encoding: "utf8" });
  assert.notEqual(stdout, "", stderr);
  const found = JSON.parse(stdout) as { differences: Record<string, number[]>; lengths: number[]; padded: number };
  for (const [name, [outputs, gradient]] of Object.entries(found.differences)) {
    assert.ok(outputs! < 1e-12 && gradient! < 1e-12, `${name}: ${outputs}, ${gradient}`);
  }
  // Prompt 20 + answers 4 + 7; rubric 60 + 5 for its own answer, 9 + 3 for another's; 3 + 1 alone.
  assert.deepEqual(found.lengths, [112, 128]);
  assert.ok(found.padded > 2 * found.lengths[0]!);
});
