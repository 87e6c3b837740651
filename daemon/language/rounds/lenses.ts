import type { CodeLens } from "vscode-languageserver";
import type { RoundDocument } from "../../documents/round-document.ts";
import { lens } from "../lens.ts";
import { alarmLines } from "./alarm-diagnostics.ts";

/** What can be done with each alarm, above its line, and with each query and each answer, above its heading. */
export function roundLenses(document: RoundDocument): CodeLens[] {
  return [...alarmLenses(document), ...sampleLenses(document)];
}

/** The way to the sample that shows an alarm best, and to the charts. */
function alarmLenses(document: RoundDocument): CodeLens[] {
  const { run, record } = document;
  const place = { run, round: record.round };
  return alarmLines(document).flatMap(({ alarm: { samples }, line }) => [
    ...samples
      .slice(0, 1)
      .map((sample) => lens(line, "Show sample", "sparring.openRoundDocument", { ...place, ...sample })),
    lens(line, "Open rounds", "sparring.openRounds", place),
  ]);
}

function sampleLenses({ run, record: { round }, places }: RoundDocument): CodeLens[] {
  return places.flatMap(({ first, record: { index: query }, answers }) => {
    const place = { run, round, query };
    return [
      lens(first, "Play again", "sparring.playAgain", place),
      lens(first, "Compare with base", "sparring.compare", { ...place, against: { run, weights: "reference" } }),
      ...answers.flatMap(({ first: line, index: answer }) => [
        lens(line, "Rate", "sparring.rate", { ...place, answer }),
        lens(line, "Why this score", "sparring.why", { ...place, answer }),
      ]),
    ];
  });
}
