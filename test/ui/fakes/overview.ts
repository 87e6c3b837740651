import type { RunOverview } from "../../../daemon/protocol.ts";

/** A run in a list, finished unless said otherwise. */
export function overview(facts: Pick<RunOverview, "id"> & Partial<RunOverview>): RunOverview {
  return {
    name: facts.id,
    state: "finished",
    since: "2026-11-21T09:00:00Z",
    createdAt: "2026-11-20T09:00:00Z",
    algorithm: "lsp",
    task: "addition",
    model: "Qwen2.5-1.5B-Instruct",
    seed: 0,
    round: 0,
    rounds: 0,
    accuracy: null,
    ratings: 0,
    ...facts,
  };
}
