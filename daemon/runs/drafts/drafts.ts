import { dirname } from "node:path";
import type { CheckedConfig } from "../../config/check.ts";
import { parseConfig } from "../../config/load.ts";
import { printConfig } from "../../config/print.ts";
import { ConfigError, type Problem as ConfigProblem } from "../../config/problem.ts";
import type { Problem, ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { Store } from "../../store/store.ts";
import { configOf } from "../reading/run-config.ts";
import { type Change, forkPlan } from "./fork-settings.ts";
import { estimateMemory } from "./memory/estimate.ts";

/** Configs as texts, before a run is made of them. Changes nothing. */
export class Drafts {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Everything that is wrong with a config's text. */
  async check(params: ValidParamsOf<"sparring/config/check">): Promise<ResultOf<"sparring/config/check">> {
    const { checked, problems, warnings } = read(params.text, params.file, params.settings);
    return { config: checked ? { ...checked.config } : null, problems, warnings };
  }

  /** A run's config as a text: exactly the settings that it uses. @throws SparringError `store/unknown-run` */
  async text({ run }: { readonly run: string }): Promise<ResultOf<"sparring/run/config">> {
    const config = await configOf(this.#store, run);
    const head = [
      `# The config of run ${run}: every setting that it uses.`,
      "# Change what you like, then fork the run with it, or start it as a new one.",
    ];
    return { text: [...head, "", printConfig(config)].join("\n") };
  }

  /** What a fork with a text would change of its parent. @throws SparringError `store/unknown-run` */
  async changes({ run, text, file }: ValidParamsOf<"sparring/run/changes">): Promise<ResultOf<"sparring/run/changes">> {
    const before = await configOf(this.#store, run);
    const { checked, problems, warnings } = read(text, file, []);
    if (!checked) return { changes: [], settings: [], problems, warnings };
    const { changes, settings, impossible } = forkPlan(before, checked.config);
    const refused = impossible.map((change) => notByFork(change, run, file));
    return { changes: [...changes], settings: [...settings], problems: refused, warnings };
  }

  /** What a config would need. */
  estimate({ config }: ValidParamsOf<"sparring/engine/estimate">): Promise<ResultOf<"sparring/engine/estimate">> {
    return estimateMemory(config, this.#store.home);
  }
}

interface Reading {
  /** Undefined where there are problems. */
  readonly checked: CheckedConfig | undefined;
  readonly problems: Problem[];
  readonly warnings: Problem[];
}

function read(text: string, file: string, overrides: readonly string[]): Reading {
  try {
    // The settings belong to the file: the daemon's working folder means nothing to who wrote them.
    const checked = parseConfig(text, { file, overrides, folder: dirname(file) });
    return { checked, problems: [], warnings: checked.warnings.map(problemOf) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { checked: undefined, problems: error.problems.map(problemOf), warnings: [] };
  }
}

function problemOf({ code, message, next, place }: ConfigProblem): Problem {
  return { code, message, next, ...(place !== undefined && { place }) };
}

/** @param change from what the fork would have to what the text says */
function notByFork({ key, from, to }: Change, run: string, file: string): Problem {
  return to === null
    ? {
        code: "run/cannot-unset",
        message: `${key} is ${JSON.stringify(from)} in run "${run}", and a fork can change it but not leave it out.`,
        next: "Give it a value, or start a new run with this config.",
        place: file,
      }
    : {
        code: "run/cannot-set",
        message: `${key} can't be set to ${JSON.stringify(to)} by a fork of run "${run}".`,
        next: "Give it another value, or start a new run with this config.",
        place: file,
      };
}
