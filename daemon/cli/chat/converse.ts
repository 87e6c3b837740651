import type { DaemonClient } from "../../client/client.ts";
import { AbortedError, SparringError } from "../../errors.ts";
import type { ParamsOf, ResultOf } from "../../protocol.ts";
import { fixed } from "../../text/numbers.ts";
import { type Cli, exitCodes } from "../cli.ts";
import { modelText } from "../reports/samples.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { showError } from "../show-error.ts";
import { wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import { readLines } from "./lines.ts";
import { sayWhatItWaitsFor } from "./waiting.ts";

type Chat = ParamsOf<"sparring/checkpoint/chat">;
type Answer = ResultOf<"sparring/checkpoint/chat">;

/**
 * Answers line by line until the input ends. Ctrl+C cancels an answer; where none is under way, it leaves.
 * @throws SparringError what the daemon said to a line of a pipe; on a terminal it is shown, and the next line is read
 */
export async function converse(
  cli: Cli,
  client: DaemonClient,
  sampling: Omit<Chat, "messages">,
  json: boolean,
): Promise<number> {
  const isTerminal = cli.stdin.isTTY === true;
  const style = styleOf(cli, cli.stdout);
  const messages: Chat["messages"] = [];
  let answering: AbortController | undefined;
  let isLeft = false;
  const interrupt = (): void => {
    if (answering) answering.abort();
    else {
      isLeft = true;
      lines.close();
    }
  };
  const lines = readLines(cli.stdin, cli.stdout, interrupt);
  const release = cli.onInterrupt(interrupt);
  if (isTerminal && !json) {
    print(cli, wrap(`Talking to ${sampling.run}. Ctrl+C cancels an answer, Ctrl+D leaves.`, style.columns));
  }
  try {
    for (;;) {
      const line = await lines.next("you  ");
      if (line === undefined) return isLeft && !isTerminal ? exitCodes.interrupted : exitCodes.ok;
      if (line.trim() === "") continue;
      messages.push({ role: "user", content: line });
      answering = new AbortController();
      const { signal } = answering;
      const quiet = sayWhatItWaitsFor(cli, client);
      try {
        const answer = await client.request("sparring/checkpoint/chat", { ...sampling, messages }, { signal });
        messages.push({ role: "assistant", content: answer.text });
        if (json) printJson(cli, answer);
        else print(cli, answerLines(answer));
      } catch (error) {
        // The message that got no answer is not part of the conversation.
        messages.pop();
        if (error instanceof AbortedError) print(cli, [style.colours.dim("     (cancelled)")]);
        else if (isTerminal && error instanceof SparringError) print(cli, showError(error, style));
        else throw error;
      } finally {
        quiet();
        answering = undefined;
      }
    }
  } finally {
    release();
    lines.close();
  }

  function answerLines({ text, tokens, stop, waitedSeconds, weights }: Answer): string[] {
    const [first = "", ...rest] = modelText(text, style.columns, "     ");
    const facts = [
      printable(weights),
      `${tokens} tokens`,
      ...(stop === "length" ? ["cut at the limit"] : []),
      ...(waitedSeconds >= 1 ? [`waited ${fixed(0)(waitedSeconds)} s`] : []),
    ].join(" · ");
    if (!isTerminal) return [first.slice(5), ...rest.map((line) => line.slice(5))];
    return [`${style.colours.cyan("it")}   ${first.slice(5)}`, ...rest, style.colours.dim(`     ${facts}`)];
  }
}
