import type { ResultOf, ValidParamsOf } from "../../protocol.ts";
import type { Journal } from "../../store/journal.ts";
import type { PickRecord } from "../../store/records.ts";
import type { Store } from "../../store/store.ts";
import type { Reading } from "../reading/reading.ts";
import { configOf } from "../reading/run-config.ts";
import { taskOfRun } from "../run-task.ts";
import { comparedPrompts } from "./compared-prompts.ts";
import { compareWeights } from "./comparing.ts";
import type { Errand } from "./errand.ts";
import { differentTasks, taskInWords } from "./evaluation-errors.ts";
import type { Lender } from "./lender.ts";
import { maySendComparison } from "./sending.ts";

/** Compares the weights of runs, and takes down what a person prefers: in the first side's run, on disk before it is acknowledged. */
export class Comparisons {
  readonly #store: Store;
  readonly #reading: Reading;
  readonly #lender: Lender;
  readonly #journals = new Map<string, Promise<Journal<PickRecord>>>();

  constructor(store: Store, reading: Reading, lender: Lender) {
    this.#store = store;
    this.#reading = reading;
    this.#lender = lender;
  }

  /**
   * Lets two weights answer the same prompts.
   * @throws SparringError `run/different-tasks` (but for free texts), `run/needs-agreement` before anybody answers, and those of
   * `taskOfRun`, `comparedPrompts` and `compareWeights`
   */
  async compare(
    params: ValidParamsOf<"sparring/checkpoint/compare">,
    errand: Errand,
  ): Promise<ResultOf<"sparring/checkpoint/compare">> {
    const [ours, theirs] = params.sides.map(({ run }) => run) as [string, string];
    const [config, other] = [await configOf(this.#store, ours), await configOf(this.#store, theirs)];
    const [task, otherTask] = [taskInWords(config.game), taskInWords(other.game)];
    if (!("texts" in params.prompts) && task !== otherTask) throw differentTasks(ours, task, theirs, otherTask);
    const family = await taskOfRun(this.#store, ours, config);
    const prompts = await comparedPrompts(params.prompts, family, (round, queries) =>
      this.#reading.queries(ours, round, queries),
    );
    if (prompts.some(({ isOfTask }) => isOfTask)) await maySendComparison(this.#store, config, [ours, theirs]);
    const { maxTokens = config.solver.max_tokens } = params;
    return compareWeights(this.#lender, params, prompts, maxTokens, errand);
  }

  /** @throws SparringError `store/unknown-run` for either side, and those of the journal */
  async pick({ pick }: ValidParamsOf<"sparring/comparison/pick">): Promise<ResultOf<"sparring/comparison/pick">> {
    const [ours, theirs] = pick.sides;
    await this.#store.existingDir(theirs!.run);
    const journal = await this.#journal(ours!.run);
    return { picks: await journal.add({ ...pick, at: new Date().toISOString() }) };
  }

  /** @throws SparringError `store/unknown-run`, `store/unknown-pick` */
  async unpick({
    run,
    id,
  }: ValidParamsOf<"sparring/comparison/unpick">): Promise<ResultOf<"sparring/comparison/unpick">> {
    return { picks: await (await this.#journal(run)).undo(id) };
  }

  /** The choices that stand. @throws SparringError `store/unknown-run`, `store/corrupt-picks` */
  async picks({ run }: { readonly run: string }): Promise<ResultOf<"sparring/comparison/list">> {
    return { picks: [...(await (await this.#journal(run)).list())] };
  }

  #journal(run: string): Promise<Journal<PickRecord>> {
    const journal = this.#journals.get(run) ?? this.#store.openPicks(run);
    this.#journals.set(run, journal);
    // A run that is not there, or a file that has to be mended, may be there the next time.
    journal.catch(() => this.#journals.delete(run));
    return journal;
  }
}
