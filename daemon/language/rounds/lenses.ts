import type { CodeLens } from "vscode-languageserver";
import type { RoundDocument } from "../../documents/round-document.ts";
import { lens } from "../lens.ts";

/** What can be done with each query and each answer, above its heading. */
export function roundLenses({ run, record: { round }, places }: RoundDocument): CodeLens[] {
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
