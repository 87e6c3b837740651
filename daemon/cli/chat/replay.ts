import type { DaemonClient } from "../../client/client.ts";
import { resolveConfig } from "../../config/load.ts";
import type { ParamsOf, ResultOf } from "../../protocol.ts";
import type { RunRecord } from "../../store/records.ts";
import { fixed } from "../../text/numbers.ts";
import { type Askable, withRunsAgreement } from "../agree.ts";
import type { Cli } from "../cli.ts";
import { isVerified, verdict, verdictInk } from "../reports/report.ts";
import { modelText } from "../reports/samples.ts";
import { scoreReport } from "../reports/why-report.ts";
import { print, printJson, styleOf } from "../screen.ts";
import { padEnd, wrap } from "../text/fit.ts";
import { printable } from "../text/printable.ts";
import type { Style } from "../text/style.ts";
import { sayWhatItWaitsFor } from "./waiting.ts";

/**
 * Plays a stored query again and shows the fresh answers with their scores, and what these come from. Ctrl+C cancels.
 * @throws as `withRunsAgreement`
 */
export async function replay(
  cli: Cli,
  client: DaemonClient,
  params: ParamsOf<"sparring/sample/replay">,
  askable: Askable,
): Promise<void> {
  const controller = new AbortController();
  const release = cli.onInterrupt(() => controller.abort());
  const quiet = sayWhatItWaitsFor(cli, client);
  try {
    const { config, record } = await client.request("sparring/run/get", { run: params.run });
    const result = await withRunsAgreement(cli, client, [params.run], askable, () =>
      client.request("sparring/sample/replay", params, { signal: controller.signal }),
    );
    if (askable.json) printJson(cli, result);
    else print(cli, replayLines(result, isVerified(resolveConfig(config)), record?.judges, styleOf(cli, cli.stdout)));
  } finally {
    quiet();
    release();
  }
}

const indent = "     ";

function replayLines(
  { query, answers, weights }: ResultOf<"sparring/sample/replay">,
  verified: boolean,
  judges: RunRecord["judges"],
  style: Style,
): string[] {
  const { columns, colours } = style;
  return [
    ...modelText(query, columns, "").map((line) => colours.bold(line)),
    ...wrap(`answered by ${printable(weights)}`, columns).map((line) => colours.dim(line)),
    ...answers.flatMap((answer) => {
      const { text, reward, selfReward, unscored, logprob, stop } = answer;
      const ink = verdictInk(reward, verified, colours);
      const word =
        reward === null ? printable(unscored ?? "unscored") : verdict({ reward, expected: undefined }, verified);
      const scores = [
        ...(selfReward === null ? [] : [`S ${fixed(1)(selfReward)}`]),
        `log p ${fixed(2)(logprob)}`,
        ...(stop === "length" ? ["cut"] : []),
      ].join("  ");
      return [
        ...modelText(text, columns, indent),
        `${indent}  ${padEnd(ink(word), 12)}${colours.dim(scores)}`,
        ...scoreReport(answer, answers, judges, style),
      ];
    }),
  ];
}
