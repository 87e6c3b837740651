/** What a hover tells of an answer's scores beside their values, as Markdown; nothing where there is nothing to tell. */
import type { AnswerRecord } from "../../store/records.ts";
import { criterionNames } from "../../text/criteria.ts";
import { type ScoreOrigin, sharesOf } from "../../text/why-score.ts";
import { markdownTable, plainMarkdown } from "../markdown.ts";
import { figure, signed } from "./figures.ts";

/** So much of a judge's words is in a hover, UTF-16 units. */
const shownWords = 1000;

/** A score, to three places. */
export function scoreText(value: number | null): string {
  return value === null ? "unscored" : figure(value, 3);
}

/** What a judge said, shortened: a hover is no place for a long text, and the document of "Why this score" has all of it. */
export function words({ letter, says }: ScoreOrigin): string[] {
  if (says === undefined) return [];
  const text = says.length > shownWords ? `${says.slice(0, shownWords)}…` : says;
  return [`The judge of ${plainMarkdown(letter)}: ${plainMarkdown(text)}`];
}

/** The members of an ensemble: what each gave, and what that adds to R. */
export function partsTable({ reward, parts }: AnswerRecord): string[] {
  if (!parts) return [];
  const shares = sharesOf(reward, parts);
  const rows = parts.map(({ judge, value, unscored, weight, scale }, k) => [
    plainMarkdown(judge),
    unscored === undefined ? scoreText(value) : `unscored: ${plainMarkdown(unscored)}`,
    figure(weight, 4),
    figure(scale, 4),
    shares[k] === null ? "–" : signed(shares[k], 3),
  ]);
  return [markdownTable(["judge", "value", "weight", "scale", "of R"], rows)];
}

/** The seven criteria: which are met and, where the judge can tell, how likely; their probabilities' sum is its score. */
export function criteriaTable({ criteria: met, probabilities }: AnswerRecord): string[] {
  if (met === undefined) return [];
  const verdict = (i: number): string => (met[i] === 1 ? "✓ met" : "✗ not met");
  if (!probabilities) {
    return [
      markdownTable(
        ["criterion", "judge"],
        criterionNames.map((name, i) => [`${i + 1} ${name}`, verdict(i)]),
      ),
    ];
  }
  const rows = criterionNames.map((name, i) => [`${i + 1} ${name}`, verdict(i), figure(probabilities[i], 3)]);
  const sum = probabilities.reduce((total, p) => total + p, 0);
  return [markdownTable(["criterion", "judge", "p"], [...rows, ["sum", "", figure(sum, 3)]])];
}
