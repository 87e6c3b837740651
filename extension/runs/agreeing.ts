import { AbortedError, NeedsAgreementError } from "../../daemon/errors.ts";
import { label } from "../text/label.ts";

/** A run whose texts would be sent to a server. */
export interface SendingRun {
  readonly id: string;
  /** The model that it trains, where that is known. */
  readonly model?: string | undefined;
}

/** What a person is asked before a run's texts are sent to servers. */
export interface SendingQuestion {
  readonly message: string;
  readonly detail: string;
}

/** Asks a person; true where they agree. */
export type Confirm = (question: SendingQuestion) => Promise<boolean>;

/** What a request says of servers; nothing where nobody was asked. */
export interface Agreement {
  readonly agree?: string[];
}

/**
 * Sends a request that makes a run. Where the daemon needs the user's agreement they are asked, and it is sent
 * again with that.
 * @throws AbortedError where they do not agree; what `send` throws
 */
export async function withAgreement<T>(
  run: SendingRun,
  confirm: Confirm,
  send: (agreement: Agreement) => Promise<T>,
): Promise<T> {
  try {
    return await send({});
  } catch (error) {
    if (!(error instanceof NeedsAgreementError)) throw error;
    if (!(await confirm(questionOf([run], error.origins)))) throw new AbortedError("The request");
    return send({ agree: [...error.origins] });
  }
}

/**
 * Does what asks the judges of runs that are there. Where the daemon needs the user's agreement they are asked, it is kept with each
 * of the runs, and the work is done again.
 * @param keep keeps an agreement with a run
 * @throws AbortedError where the user does not agree; what `work` throws
 */
export async function withRunsAgreement<T>(
  runs: readonly SendingRun[],
  confirm: Confirm,
  keep: (run: string, origins: string[]) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NeedsAgreementError)) throw error;
    if (!(await confirm(questionOf(runs, error.origins)))) throw new AbortedError("The request");
    for (const { id } of runs) await keep(id, [...error.origins]);
    return work();
  }
}

/** The question, with text of configs made harmless. */
export function questionOf(runs: readonly SendingRun[], origins: readonly string[]): SendingQuestion {
  const servers = origins.map(label).join(" and ");
  const names = runs.map(({ id, model }) => label(model === undefined ? id : `${id} (model ${model})`)).join(" and ");
  const [whose, each] = runs.length === 1 ? ["this run", "this run"] : ["these runs", "each of these runs"];
  return {
    message: `Send the queries and answers of ${whose} to ${servers}?`,
    detail: `${names}: a judge is behind that server, and reads what it scores. Your agreement is kept with ${each}, and holds for no other.`,
  };
}
