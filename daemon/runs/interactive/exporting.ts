import type { Engine } from "../../engine/engine.ts";
import { AbortedError, SparringError } from "../../errors.ts";
import type { ResolvedModel } from "../../models/resolve.ts";
import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { Store } from "../../store/store.ts";
import { chooseProbes, withEngine } from "../export/round-trip.ts";
import { exportSamples } from "../export/samples.ts";
import { exportWeights } from "../export/weights.ts";
import { referenceAdapterOf, referenceOf } from "../session.ts";
import type { Errand } from "./errand.ts";
import type { Lender, Loan } from "./lender.ts";

/** What exporting needs of the house. */
export interface Exporter {
  readonly store: Store;
  readonly lender: Lender;
}

type Params = ValidParamsOf<"sparring/checkpoint/export">;
type Result = ResultOf<"sparring/checkpoint/export">;

/**
 * Exports some of a run's weights: from the engine that has them. Between its steps training goes on.
 * @throws SparringError `run/reference-no-adapter`, those of `exportWeights` and of the Lender; AbortedError
 */
export async function exportCheckpoint({ store, lender }: Exporter, params: Params, errand: Errand): Promise<Result> {
  const { run, weights, format, dir } = params;
  const { signal, onProgress } = errand;
  const steps = ["writes the weights", "reads them back"];
  const write = async ({ session, words, turn }: Loan, engine: Engine, model: ResolvedModel): Promise<Result> => {
    const { game } = session;
    const record = await store.readRun(run);
    const written = await exportWeights(
      { run: record, game, engine, model, words, home: store.home },
      {
        format,
        dir,
        probes: await chooseProbes(store, run, game),
        turn,
        onStep: (what) => onProgress(`${run} (${words}): ${what}`, steps.indexOf(what), steps.length),
      },
    );
    return { ...written, files: [...written.files], weights: words };
  };
  return lender.lend(run, weights, signal, async (loan) => {
    if (weights !== "reference") return write(loan, loan.player.engine, loan.session.model);
    // An engine exports what it trains, so the reference is opened in one of its own.
    const { lineage } = await store.readRun(run);
    const { config } = loan.session.game;
    const adapter = referenceAdapterOf(config, lineage, store.home);
    if (format === "peft" && !adapter) throw referenceHasNoAdapter(run);
    const model = await referenceOf(config, lineage, store.home);
    const options = adapter ? { adapter } : {};
    return withEngine(loan.session.game, store.home, model, options, (engine) => write(loan, engine, model));
  });
}

/** Exports a run's self-play data. @throws SparringError as `exportSamples`; AbortedError */
export function exportData(
  store: Store,
  params: ValidParamsOf<"sparring/sample/export">,
  { signal, onProgress }: Errand,
): Promise<ResultOf<"sparring/sample/export">> {
  const { run, data, first, last, file } = params;
  return exportSamples(store, { run, data, first, last, file }, (done, total) => {
    if (signal.aborted) throw new AbortedError("the export");
    onProgress(`${run}: writes rounds`, done, total);
  });
}

function referenceHasNoAdapter(run: string): SparringError {
  return new SparringError(
    "run/reference-no-adapter",
    `The reference of run "${run}" is a whole model, without an adapter of its own.`,
    "Export it as a Hugging Face folder (`--format hf`), or leave out --reference.",
  );
}
