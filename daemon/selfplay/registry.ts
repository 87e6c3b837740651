/** Every algorithm there is. Adding one is one file in `algorithms/` and one line here. */
import type { Algorithm } from "./algorithm.ts";
import { grpo } from "./algorithms/grpo.ts";
import { lsp } from "./algorithms/lsp.ts";
import { lspZero } from "./algorithms/lsp-zero.ts";

const table = {
  lsp,
  "lsp-zero": lspZero,
  grpo,
} satisfies Record<string, Algorithm>;

/** As written in a config. */
export type AlgorithmName = keyof typeof table;

export const algorithms: Readonly<Record<AlgorithmName, Algorithm>> = table;
