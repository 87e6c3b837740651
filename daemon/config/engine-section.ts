/** What computes: the section `engine` of the config, see schema.ts. */
import { z } from "zod";

/** What the torch engine can do the plain way; see `Fast` in engine/torch/fast.ts. */
const shortcuts = ["merged_adapter", "shared_prompts", "chunked_logits", "compile", "graph_decode"] as const;

/** The engine, and how it computes. */
export const engineSchema = z.strictObject({
  name: z
    .enum(["onnx", "torch"], {
      error: ({ input }) => (input === "tinker" ? "the tinker engine is not available in this version yet" : undefined),
    })
    .default("onnx")
    .describe(
      "What computes: `onnx`, the embedded engine, for small models on a CPU; `torch`, PyTorch on a CUDA GPU or a CPU, which `sparring setup torch` installs.",
    ),
  device: z
    .enum(["auto", "cpu", "cuda"])
    .default("auto")
    .describe("Where torch computes: `auto` takes a CUDA GPU if there is one. torch only."),
  precision: z
    .enum(["auto", "float32", "bfloat16"])
    .default("auto")
    .describe(
      "What torch computes in: `auto` is bfloat16 on CUDA and float32 on a CPU. Trained weights are float32 in any case. torch only.",
    ),
  deterministic: z
    .boolean()
    .default(true)
    .describe(
      "Only kernels whose results are the same every time, so that runs are bit-identical on CUDA too. torch only.",
    ),
  plain: z
    .array(z.enum(shortcuts))
    .refine((some) => new Set(some).size === some.length, { error: "a shortcut is listed twice" })
    .default([])
    .describe(
      "Shortcuts of the torch engine that are not taken: a merged copy of the adapter, prompts that are computed once for all their answers, logits some at a time, compiled layers, decoding as one CUDA graph. The plain way gives the same up to rounding, so this is for comparison. torch only.",
    ),
  checkpointing: z
    .enum(["auto", "on", "off"])
    .default("auto")
    .describe(
      "Compute layers again in the backward pass, which takes less memory and more time. `auto`: once memory has run out. torch only.",
    ),
  python: z
    .string()
    .min(1)
    .max(4096)
    .optional()
    .describe(
      "The Python interpreter of the torch engine, relative to this file: one whose environment has PyTorch and what else the engine requires. Left out, the one that `sparring setup torch` made or was told. Needs this file's folder to be trusted. torch only.",
    )
    .meta({ trust: "starts a program" }),
  threads: z
    .int()
    .min(1)
    .max(256)
    .optional()
    .describe(
      "CPU threads of the engine. Default: the number of cores, at most 8. Runs are bit-identical only at the same number.",
    ),
  micro_batch_tokens: z
    .int()
    .min(64)
    .max(1_000_000)
    .optional()
    .describe(
      "Tokens computed at once in training, padding included. Lower it to save memory; the gradient is the same up to rounding. Default: chosen by the model's size.",
    ),
});
