import type { DaemonClient } from "../../client/client.ts";
import { resolveConfig } from "../../config/load.ts";
import type { ParamsOf, ResultOf } from "../../protocol.ts";
import { fixed } from "../../text/numbers.ts";
import type { Cli } from "../cli.ts";
import { isVerified, verdict } from "../report.ts";
import { modelText } from "../samples.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { padEnd, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { sayWhatItWaitsFor } from "./waiting.ts";

/** Plays a stored query again and shows the fresh answers with their scores. Ctrl+C cancels. */
export async function replay(
  cli: Cli,
  client: DaemonClient,
  params: ParamsOf<"sparring/sample/replay">,
  json: boolean,
): Promise<void> {
  const controller = new AbortController();
  const release = cli.onInterrupt(() => controller.abort());
  const quiet = sayWhatItWaitsFor(cli, client);
  try {
    const { config } = await client.request("sparring/run/get", { run: params.run });
    const result = await client.request("sparring/sample/replay", params, { signal: controller.signal });
    if (json) printJson(cli, result);
    else print(cli, replayLines(result, isVerified(resolveConfig(config)), styleOf(cli, cli.stdout)));
  } finally {
    quiet();
    release();
  }
}

const indent = "     ";

function replayLines(
  { query, answers, weights }: ResultOf<"sparring/sample/replay">,
  verified: boolean,
  style: Style,
): string[] {
  const { columns, colours } = style;
  return [
    ...modelText(query, columns, "").map((line) => colours.bold(line)),
    ...wrap(`answered by ${printable(weights)}`, columns).map((line) => colours.dim(line)),
    ...answers.flatMap(({ text, reward, selfReward, unscored, logprob, stop }) => {
      const ink = reward === 1 ? colours.green : reward === 0 ? colours.red : colours.yellow;
      const word =
        reward === null ? printable(unscored ?? "unscored") : verdict({ reward, expected: undefined }, verified);
      const scores = [
        ...(selfReward === null ? [] : [`S ${fixed(1)(selfReward)}`]),
        `log p ${fixed(2)(logprob)}`,
        ...(stop === "length" ? ["cut"] : []),
      ].join("  ");
      return [...modelText(text, columns, indent), `${indent}  ${padEnd(ink(word), 12)}${colours.dim(scores)}`];
    }),
  ];
}
