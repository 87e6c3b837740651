import { type AlgorithmName, algorithms, imitationAlgorithms } from "../../selfplay/registry.ts";
import { namesAndSettings } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import { type Command, jsonOption } from "../command.ts";
import { settingKey } from "../loss/checking.ts";
import { readLossFile } from "../loss/loss-file.ts";
import { answerRound, roundReport } from "../loss/round-answer.ts";
import { roundSettings } from "../loss/round-question.ts";
import { answerUnits, unitReport } from "../loss/unit-answer.ts";
import { print, printJson, styleOf } from "../screen.ts";

/** What each algorithm of imitation wants of a file: `spin (real, generated, beta)`. */
const unitWants = Object.values(imitationAlgorithms)
  .map(({ name, roles, uses }) => `${name} (${[...roles, ...uses.map(settingKey)].join(", ")})`)
  .join(", ");

/** The settings of each algorithm of rounds. */
const roundWants = (Object.keys(algorithms) as AlgorithmName[])
  .map((name) => `${name} (${roundSettings[name].map(settingKey).join(", ")})`)
  .join(", ");

const example = JSON.stringify({
  algorithm: "dpo",
  settings: { beta: 0.1 },
  units: [{ chosen: { logp: -10, ref: -10.5 }, rejected: { logp: [-7, -5], ref: [-7, -4.8] } }],
})
  .replaceAll(",", ", ")
  .replaceAll(":", ": ");

const details = [
  "For whoever wants to check our reading of a paper: the functions that training uses, without a model.",
  "The file names an algorithm and its settings, which have defaults, and holds log-probabilities in nat: logp under the policy and ref under the reference, each a sum or a list of one for each token.",
  `Algorithms of imitation take units, each with a response for every role: ${example}.`,
  'A response has tokens where a sum\'s number of them matters. A unit may say "identical": true, if its first two responses are the same, and may hold responses that this algorithm does not need.',
  `Responses and settings: ${unitWants}.`,
  "The others take a round: queries, each with answers that have a reward (and with lsp a self_reward), null if unscored. With lsp and lsp-zero a query has logp and ref, too. A sum counts as one token. The step is on-policy.",
  `Settings: ${roundWants}.`,
  "Examples: examples/spac.loss.json, examples/lsp.loss.json.",
].join(" ");

/** `sparring loss <file>`: what a formula of this project makes of given log-probabilities. */
export const loss: Command = {
  name: "loss",
  group: "Look",
  usage: "<file.json>",
  summary: "Compute losses and coefficients of given log-probabilities.",
  details,
  options: { json: jsonOption },
  completes: "files",
  async run(cli, args) {
    const { names } = namesAndSettings(loss, args.positionals, ["a JSON file of log-probabilities"], "no settings");
    const asked = await readLossFile(names[0]!);
    const style = styleOf(cli, cli.stdout);
    if (asked.kind === "units") {
      const answer = answerUnits(asked.question);
      if (args.flag("json")) printJson(cli, answer);
      else print(cli, unitReport(asked.question, answer, style));
    } else {
      const answer = answerRound(asked.question);
      if (args.flag("json")) printJson(cli, answer);
      else print(cli, roundReport(asked.question, answer, style));
    }
    return exitCodes.ok;
  },
};
