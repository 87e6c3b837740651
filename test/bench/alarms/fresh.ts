import { lspVsZero } from "../../../daemon/studies/lsp-vs-zero.ts";
import { restricted, type Study } from "../../../daemon/studies/study.ts";

/**
 * Runs of the study lsp-vs-zero with seeds that nobody has played, to measure the alarms on: their thresholds were chosen with the
 * study's own runs in view. The design is in docs/alarms.md, and was written before any of these runs.
 */
export const freshRuns: Study = {
  ...withHacked(restricted(lspVsZero, ["lsp", "lsp-likelihood", "zero-penalise", "zero"])),
  name: "alarms-fresh",
  seeds: [101, 102, 103, 104, 105, 106],
};

/** With the game of `test/e2e/alarms.long.test.ts`, whose judge pays in full for what the reference would have said. */
function withHacked(study: Study): Study {
  const likelihood = study.arms.find(({ name }) => name === "lsp-likelihood")!;
  const settings = likelihood.settings.map((setting) =>
    setting.startsWith("judge.self_reward.scale=") ? "judge.self_reward.scale=1" : setting,
  );
  const hacked = { name: "hacked", about: "LSP, R_Q by the reference's likelihood, scale 1", settings };
  return { ...study, arms: [...study.arms, hacked] };
}
