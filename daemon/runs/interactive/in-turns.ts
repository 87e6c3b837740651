import type { AskedEngine } from "../judging/comparers.ts";
import type { Loan } from "./lender.ts";

/**
 * An engine for judges that score on loan: each of its calls is a turn of its own. So nobody holds the device, on which training waits,
 * while a judge's server is asked.
 */
export function inTurns(engine: AskedEngine, turn: Loan["turn"]): AskedEngine {
  return {
    capabilities: engine.capabilities,
    sample: (requests, options) => turn(() => engine.sample(requests, options)),
    logprobs: (sequences, options) => turn(() => engine.logprobs(sequences, options)),
  };
}
