import type { DaemonClient } from "../client/client.ts";
import { NeedsAgreementError } from "../errors.ts";
import { readLines } from "./chat/lines.ts";
import type { Cli } from "./cli.ts";
import { styleOf } from "./screen.ts";
import { wrap } from "./text/fit.ts";
import { printable } from "./text/printable.ts";

/** How a command line may be asked. */
export interface Askable {
  /** Origins that the command line itself agrees to: `--send-to`. */
  readonly sendTo: readonly string[];
  /** A program reads the output, so nobody is asked. */
  readonly json: boolean;
}

/** What a request says of it; nothing where there is nothing to agree to. */
export interface Agreement {
  readonly agree?: string[];
}

/**
 * Sends a request that makes a run, and may need the user's agreement to servers. Where it does and somebody sits at a terminal, they are asked, and
 * the request is sent again.
 * @throws NeedsAgreementError where nobody can be asked, or does not agree; what `send` throws
 */
export async function withAgreement<T>(
  cli: Cli,
  { sendTo, json }: Askable,
  send: (agreement: Agreement) => Promise<T>,
): Promise<T> {
  try {
    return await send(sendTo.length === 0 ? {} : { agree: [...sendTo] });
  } catch (error) {
    const origins = await confirmed(cli, json, "This run sends its", error);
    return send({ agree: [...sendTo, ...origins] });
  }
}

/**
 * Does what asks the judges of runs that are there. What the command line agrees to is kept with each of them first. Where that is
 * not enough and somebody sits at a terminal, they are asked, their agreement is kept too, and the work is done again.
 * @param runs ids, each once
 * @throws NeedsAgreementError where nobody can be asked, or does not agree; what `work` throws; SparringError `run/bad-origin`
 */
export async function withRunsAgreement<T>(
  cli: Cli,
  client: DaemonClient,
  runs: readonly string[],
  { sendTo, json }: Askable,
  work: () => Promise<T>,
): Promise<T> {
  const keep = async (origins: readonly string[]): Promise<void> => {
    for (const run of runs) await client.request("sparring/run/agree", { run, origins: [...origins] });
  };
  if (sendTo.length > 0) await keep(sendTo);
  try {
    return await work();
  } catch (error) {
    const who = runs.length === 1 ? `Run ${runs[0]} sends its` : `Runs ${runs.join(" and ")} send their`;
    await keep(await confirmed(cli, json, who, error));
    return work();
  }
}

/**
 * The origins to which a person agrees, after a request was refused for want of that.
 * @param who "This run sends its"
 * @throws the error itself where it is another one, nobody can be asked, or they do not agree
 */
async function confirmed(cli: Cli, json: boolean, who: string, error: unknown): Promise<readonly string[]> {
  const canAsk = !json && cli.stdin.isTTY === true && cli.stderr.isTTY === true;
  if (!(error instanceof NeedsAgreementError) || !canAsk || !(await confirm(cli, who, error.origins))) throw error;
  return error.origins;
}

/** Asks on the terminal; anything but a yes is a no. */
async function confirm(cli: Cli, who: string, origins: readonly string[]): Promise<boolean> {
  const question = `${who} queries and answers to ${origins.map(printable).join(" and ")}.`;
  for (const line of wrap(question, styleOf(cli, cli.stderr).columns)) cli.stderr.write(`${line}\n`);
  const lines = readLines(cli.stdin, cli.stderr, () => lines.close());
  const answer = await lines.next("Send? [y/N] ");
  lines.close();
  return /^y(es)?$/i.test(answer?.trim() ?? "");
}
