/** Every algorithm there is. Adding one is one file in `algorithms/` and one line here. */
import type { Algorithm } from "./algorithm.ts";
import { dpo } from "./algorithms/dpo.ts";
import { grpo } from "./algorithms/grpo.ts";
import { ipo } from "./algorithms/ipo.ts";
import { lsp } from "./algorithms/lsp.ts";
import { lspZero } from "./algorithms/lsp-zero.ts";
import { sft } from "./algorithms/sft.ts";
import { spac } from "./algorithms/spac.ts";
import { spif } from "./algorithms/spif.ts";
import { spin } from "./algorithms/spin.ts";
import type { ImitationAlgorithm } from "./imitation.ts";

const table = {
  lsp,
  "lsp-zero": lspZero,
  grpo,
} satisfies Record<string, Algorithm>;

const imitationTable = {
  sft,
  spin,
  spif,
  spac,
  dpo,
  ipo,
} satisfies Record<string, ImitationAlgorithm>;

/** As written in a config. */
export type AlgorithmName = keyof typeof table;

/** The names of those that learn from data, unit by unit. */
export type ImitationName = keyof typeof imitationTable;

/** Those that learn from the rewards of a round. */
export const algorithms: Readonly<Record<AlgorithmName, Algorithm>> = table;

/** Those that learn from data, some of them against what the policy itself writes. */
export const imitationAlgorithms: Readonly<Record<ImitationName, ImitationAlgorithm>> = imitationTable;

/** Whether an algorithm of that name learns from data. */
export function isImitation(name: AlgorithmName | ImitationName): name is ImitationName {
  return Object.hasOwn(imitationAlgorithms, name);
}
