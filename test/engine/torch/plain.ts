import type { Fast } from "../../../daemon/engine/torch/fast.ts";

/** Nothing of what makes the engine fast: the path that everything else is compared with. */
export const plain: Fast = {
  mergedAdapter: false,
  sharedPrompts: false,
  chunkedLogits: false,
  compile: false,
  checkpointing: "off",
  graphDecode: false,
};
