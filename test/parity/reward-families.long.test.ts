/** Exports of the families that the slow tests leave out, and of what an export can differ in. */
import assert from "node:assert/strict";
import { cpSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { Classifier } from "../../daemon/engine/classifier/classifier.ts";
import { agreesWithTransformers, exportFolder, lacksExport, runPython, scored } from "./reward-families.ts";

/** Makes a family's folder at argv[1] without exporting it, changed as the code in argv[3] says. */
const make = `
import sys
from pathlib import Path
sys.path.insert(0, "test/parity")
import reward_families
folder, family, change = sys.argv[1:4]
model, tokenizer = reward_families.make(family, folder)
exec(change)
model.save_pretrained(folder)
tokenizer.save_pretrained(folder)
`;

const exporter = "daemon/engine/classifier/export.py";

/** Exports argv[1] to argv[2] as a model that is too large for one file. */
const exportLarge = `
import sys
source = open("${exporter}").read()
assert "LARGE = 1_500_000_000" in source
exec(compile(source.replace("LARGE = 1_500_000_000", "LARGE = 0"), "export.py", "exec"), {"__name__": "__main__"})
`;

/** Casts the logits of the graph at argv[1] to float16. */
const halve = `
import sys
import onnx
from onnx import TensorProto, helper
graph = onnx.load(sys.argv[1])
for node in graph.graph.node:
    node.output[:] = ["wide" if name == "logits" else name for name in node.output]
graph.graph.node.append(helper.make_node("Cast", ["wide"], ["logits"], to=TensorProto.FLOAT16))
graph.graph.output[0].type.tensor_type.elem_type = TensorProto.FLOAT16
onnx.save_model(graph, sys.argv[1])
`;

describe("exported reward models", { skip: lacksExport() }, () => {
  test("of decoders score as transformers does", (t) =>
    agreesWithTransformers(t, ["qwen2", "qwen3", "mistral", "gemma2", "gemma3"]));

  test("of encoders score as transformers does", (t) => agreesWithTransformers(t, ["roberta", "deberta"]));

  test("without a padding token, with two labels, or without a form for two texts are refused with what to do", async (t) => {
    const refusals = [
      ["qwen2", "tokenizer.pad_token = None; model.config.pad_token_id = None", /no padding token.*Set pad_token_id/s],
      ["bert", "model.config.num_labels = 2; model = type(model)(model.config)", /2 labels.*num_labels=1/s],
      [
        "qwen2",
        "tokenizer.chat_template = None; Path(folder, 'chat_template.jinja').unlink()",
        /Add the chat_template/,
      ],
    ] as const;
    for (const [i, [family, change, message]] of refusals.entries()) {
      const source = join(exportFolder(t), String(i));
      await runPython(["-c", make, source, family, change]);
      const exporting = runPython([exporter, source, `${source}-onnx`]);
      await assert.rejects(exporting, ({ stderr }: { stderr: string }) => message.test(stderr), `${message}`);
      assert.ok(!existsSync(`${source}-onnx`));
    }
  });

  test("of half-precision weights, padded on the left, with weights beside the graph, and with logits in float16", async (t) => {
    const folder = exportFolder(t);
    const [source, exported] = [join(folder, "hf"), join(folder, "onnx")];
    await runPython(["-c", make, source, "qwen3", "model.half(); tokenizer.padding_side = 'left'"]);
    assert.match(await runPython([exporter, source, exported]), /largest difference/);
    const { values } = await scored(t, exported);
    assert.ok(values.every(Number.isFinite));

    const beside = join(folder, "beside");
    await runPython(["-c", exportLarge, source, beside]);
    const graph = join(beside, "model.onnx");
    assert.ok(existsSync(`${graph}.data`));
    assert.deepEqual((await scored(t, beside)).values, values);
    rmSync(`${graph}.data`);
    const without = new Classifier({ dir: beside, padTokenId: 0 }, 1);
    t.after(() => without.close());
    await assert.rejects(without.classify([{ tokens: [1, 2] }]), {
      code: "engine/unusable-classifier",
      message: /model\.onnx\.data/,
    });

    const half = join(folder, "half");
    cpSync(exported, half, { recursive: true });
    await runPython(["-c", halve, join(half, "model.onnx")]);
    const rounded = (await scored(t, half)).values;
    assert.ok(rounded.every((value, i) => Math.abs(value - values[i]!) < 2e-3));
    assert.notDeepEqual(rounded, values);
  });
});
