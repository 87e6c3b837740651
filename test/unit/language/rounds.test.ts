import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { InlayHint } from "vscode-languageserver";
import { type RoundDocument, roundDocument } from "../../../daemon/documents/round-document.ts";
import { roundDiagnostics } from "../../../daemon/language/rounds/diagnostics.ts";
import { scoreHints } from "../../../daemon/language/rounds/hints.ts";
import { roundHover } from "../../../daemon/language/rounds/hover.ts";
import { humanScores } from "../../../daemon/language/rounds/human-scores.ts";
import { roundLenses } from "../../../daemon/language/rounds/lenses.ts";
import { roundFoldings, roundSymbols } from "../../../daemon/language/rounds/outline.ts";
import { bigramRepetition, isRepetitive } from "../../../daemon/selfplay/repetition.ts";
import type { QueryRecord, Rating } from "../../../daemon/store/records.ts";
import { answerOf, queryOf, recordOf, scoringConfig } from "../documents/records.ts";

function documentOf(queries: readonly QueryRecord[], verified = true): RoundDocument {
  return roundDocument({ run: "r1", name: "r", verified, config: scoringConfig, record: recordOf(12), queries });
}

function ratingOf(query: number, answer: number, score: number | null, rest: Partial<Rating> = {}): Rating {
  const id = `${query}-${answer}-${score}`;
  return { id, at: "2026-11-21T10:00:00Z", rater: "a", round: 12, query, answer, score, blind: true, ...rest };
}

const round = documentOf([
  queryOf(0, "57+26=", {
    V: 0.5,
    VQ: 4.25,
    tokens: [1, 2],
    logprobs: [-1, -0.5],
    referenceLogprobs: [-1.5, -0.5],
    advantage: -0.125,
    answers: [
      answerOf("83\nis it", { selfReward: 7, criteria: [1, 1, 1, 1, 1, 1, 1], rationale: "all met; <b>*x*</b>" }),
      answerOf("84", { reward: 0, selfReward: 1.5, advantage: -0.5 }),
    ],
  }),
  queryOf(1, "1+1=", { V: 1, answers: [answerOf("2", { advantage: 0.25 })] }),
]);
const everywhere = { start: { line: 0, character: 0 }, end: { line: 10_000, character: 0 } };
const nobody = humanScores([], 12);

/** Hints as `the line with the hint at its place`. */
function inlaid(hints: readonly InlayHint[]): string[] {
  const lines = round.text.split("\n");
  return hints.map(({ position: { line, character }, label }) => {
    return `${lines[line]!.slice(0, character)} [${label}]${lines[line]!.slice(character)}`;
  });
}

describe("score hints", () => {
  test("stand at the end of each text's first line", () => {
    assert.deepEqual(inlaid(scoreHints(round, nobody, everywhere)), [
      "    │ 57+26= [V 0.5 · R_Q 4.25 · A −0.13]",
      "    │ 83 [R 1 · R_Q 7 · A +0.5]",
      "    │ 84 [R 0 · R_Q 1.5 · A −0.5]",
      "    │ 1+1= [V 1]",
      "    │ 2 [R 1 · A +0.25]",
    ]);
  });

  test("have the people's mean and how many they are; skipped answers and other rounds don't count", () => {
    const ratings = [
      ratingOf(0, 0, 6),
      ratingOf(0, 0, 7, { rater: "b" }),
      ratingOf(0, 0, null),
      ratingOf(0, 0, 0, { round: 11 }),
      ratingOf(0, 1, 2),
    ];
    const hints = inlaid(scoreHints(round, humanScores(ratings, 12), everywhere));
    assert.match(hints[1]!, / · rated 6\.5 ×2\]$/);
    assert.match(hints[2]!, / · rated 2\]$/);
    assert.match(hints[4]!, /A \+0\.25\]$/);
  });

  test("are those of the lines that were asked for", () => {
    const { first } = round.places[0]!.answers[1]!.text;
    const range = { start: { line: first, character: 0 }, end: { line: first, character: 9 } };
    assert.deepEqual(inlaid(scoreHints(round, nobody, range)), ["    │ 84 [R 0 · R_Q 1.5 · A −0.5]"]);
  });

  test("call an unscored answer unscored, not 0", () => {
    const document = documentOf([
      queryOf(0, "q", { V: null, answers: [answerOf("a", { reward: null, unscored: "x" })] }),
    ]);
    assert.deepEqual(
      scoreHints(document, nobody, everywhere).map(({ label }) => label),
      ["V –", "R – · A +0.5 · unscored"],
    );
  });
});

describe("lenses of a round", () => {
  test("name the editor's commands with the place, above the headings", () => {
    const lines = round.text.split("\n");
    const found = roundLenses(round).map(({ range, command }) => [
      lines[range.start.line]!.split(" ·")[0],
      command!.title,
      command!.command,
      command!.arguments![0],
    ]);
    assert.deepEqual(found.slice(0, 4), [
      ["## Query 0", "Play again", "sparring.playAgain", { run: "r1", round: 12, query: 0 }],
      [
        "## Query 0",
        "Compare with base",
        "sparring.compare",
        { run: "r1", round: 12, query: 0, against: { run: "r1", weights: "reference" } },
      ],
      ["### Answer 0", "Rate", "sparring.rate", { run: "r1", round: 12, query: 0, answer: 0 }],
      ["### Answer 0", "Why this score", "sparring.why", { run: "r1", round: 12, query: 0, answer: 0 }],
    ]);
    assert.equal(found.length, 2 * 2 + 3 * 2);
  });
});

describe("hover in a round", () => {
  const at = (line: number): string | undefined => {
    const hover = roundHover(round, humanScores([ratingOf(0, 0, 6)], 12), { line, character: 0 });
    return hover && (hover.contents as { value: string }).value;
  };
  const [first] = round.places;

  test("explains an answer's score, and no text of a model is markup", () => {
    const text = at(first!.answers[0]!.text.last)!;
    assert.match(text, /^\*\*Answer 0\*\* of query 0\n/);
    assert.match(
      text,
      /\| R\\, reward of the verifier or reward model \| 1 \|\n\| R\\_Q\\, self\\-reward\\, 0 to 7 \| 7 \|\n\| advantage in its group \| \+0\.5 \|/,
    );
    assert.match(text, /\nAdvantage: r − mean\\\(r\\\) \\= 4\\\.500 − 2\\\.625\\, over the 2 scored of 2 answers/);
    assert.match(text, /\| rated by hand \(0–7\) \| 6, mean of 1 \|/);
    assert.match(
      text,
      /\| length \| 8 tokens \|\n\| log-probability \| −4 nat, −0\.5 a token \|\n.*\| 0 nat, 0 a token/,
    );
    assert.match(text, /\| ended \| the model ended it \|/);
    assert.match(text, /\| 7 Form and style \| ✓ met \|/);
    assert.match(text, /The judge of R\\_Q: all met\\; \\<b\\>\\\*x\\\*\\<\\\/b\\>$/);
  });

  test("has an ensemble's parts, probabilities with their sum, and what is unscored: escaped", () => {
    const parts = [
      { judge: "verifier", value: 1, weight: 3, scale: 1 },
      { judge: "<b>|x", value: null, unscored: "HTTP 500 | *no*", weight: 1, scale: 0.5 },
    ];
    const rubric = { criteria: Array<1>(7).fill(1), probabilities: Array<number>(7).fill(0.75), selfReward: 5.25 };
    const document = documentOf([
      queryOf(0, "q", {
        expected: "a",
        answers: [answerOf("a", { parts, ...rubric }), answerOf("b", { reward: null, selfReward: 1, unscored: "cut" })],
      }),
    ]);
    const about = (answer: number): string => {
      const line = document.places[0]!.answers[answer]!.first;
      return (roundHover(document, nobody, { line, character: 0 })!.contents as { value: string }).value;
    };
    assert.match(about(0), /\| the verifier expects \| a \|/);
    assert.match(about(0), /\| verifier \| 1 \| 3 \| 1 \| \+1 \|\n/);
    assert.ok(about(0).includes("| \\<b\\>\\|x | unscored: HTTP 500 \\| \\*no\\* | 1 | 0.5 | – |"));
    assert.match(about(0), /\| 7 Form and style \| ✓ met \| 0\.75 \|\n\| sum \| {2}\| 5\.25 \|/);
    assert.match(about(1), /\| R\\, reward of the verifier or reward model \| unscored \|/);
    assert.match(about(1), /\nUnscored, which counts nowhere and is not 0: cut$/);
  });

  test("explains a query", () => {
    const text = at(first!.first)!;
    assert.match(text, /^\*\*Query 0\*\* · 2 answers\n/);
    // log π − log π_ref is 0.5 in one of two tokens: 0.5 nat, and (e^−0.5 + 0.5 − 1) / 2 a token [TRL's k3].
    assert.match(text, /\| −1\.5 nat, −0\.75 a token \|\n\| [^|]* \| 0\.5 nat, 0\.0533 a token/);
  });

  test("is silent in the head", () => assert.equal(at(0), undefined));
});

describe("the outline of a round", () => {
  test("has queries with their answers", () => {
    const [query, other] = roundSymbols(round);
    assert.deepEqual(
      [query!.name, query!.detail, query!.children!.map(({ name, detail }) => [name, detail])],
      [
        "Query 0: 57+26=",
        "V 0.5",
        [
          ["Answer 0: 83‹U+000A›is it", "R 1"],
          ["Answer 1: 84", "R 0"],
        ],
      ],
    );
    assert.ok(query!.range.end.line < other!.range.start.line);
  });

  test("folds each into its heading", () => {
    const lines = round.text.split("\n");
    const folded = roundFoldings(round).map(({ startLine, endLine }) => [
      lines[startLine]!.slice(0, 8),
      lines[endLine],
    ]);
    assert.deepEqual(folded, [
      ["## Query", "    │ 84"],
      ["### Answ", "    │ is it"],
      ["### Answ", "    │ 84"],
      ["## Query", "    │ 2"],
      ["### Answ", "    │ 2"],
    ]);
  });
});

describe("suspicious samples", () => {
  const found = (query: QueryRecord): [unknown, string][] =>
    roundDiagnostics(documentOf([query])).map(({ code, message }) => [code, message as string]);
  const of = (...answers: QueryRecord["answers"]): QueryRecord => queryOf(0, "q", { answers });
  const loop = Array.from({ length: 30 }, (_, i) => i % 3);

  test("are none in a sound group", () => assert.deepEqual(found(of(answerOf("a"), answerOf("b"))), []));

  const cases: [string, QueryRecord, string, RegExp][] = [
    ["a cut answer", of(answerOf("abc", { stop: "length" })), "language/truncated", /answer was cut .* after 3 tokens/],
    ["a cut query", queryOf(0, "q", { stop: "length", tokens: [1] }), "language/truncated", /query was cut/],
    ["repetition", of(answerOf("x", { tokens: loop })), "language/repeated", /90 % of its pairs/],
    [
      "a judge that likes what is wrong no less than what is right",
      of(answerOf("a", { reward: 0, selfReward: 4 }), answerOf("b", { selfReward: 3.5 })),
      "language/judge-disagrees",
      /calls this answer wrong, and the judge gives it R_Q 4 of 7, and a right answer to the same query no more \(R_Q 3\.5\)/,
    ],
    [
      "a judge that gives what is wrong everything",
      of(answerOf("a", { reward: 0, selfReward: 7 }), answerOf("b", { reward: 0, selfReward: 6 })),
      "language/judge-disagrees",
      /R_Q 7 of 7\. \[ours\]/,
    ],
    [
      "no score",
      of(answerOf("a", { reward: null, unscored: "time\nout" })),
      "language/unscored",
      /not a score of 0: time‹U\+000A›out\./,
    ],
    [
      "equal rewards",
      of(answerOf("a", { advantage: 0 }), answerOf("b", { advantage: 0 })),
      "language/no-advantage",
      /^All 2 answers earned the same \(R 1\), so none has an advantage: .*Nothing is wrong/,
    ],
    [
      "equal rewards of both kinds",
      of(answerOf("a", { advantage: 0, selfReward: 4 }), answerOf("b", { advantage: 0, selfReward: 4 })),
      "language/no-advantage",
      /\(R 1, R_Q 4\)/,
    ],
    [
      "a single score",
      of(answerOf("a", { advantage: 0 }), answerOf("b", { advantage: 0, reward: null })),
      "language/no-advantage",
      /Only 1 of 2 answers has a score/,
    ],
  ];
  for (const [what, query, code, message] of cases) {
    test(what, () => {
      assert.deepEqual(
        found(query).map(([each]) => each),
        [code],
      );
      assert.match(found(query)[0]![1], message);
    });
  }

  test("have a next step", () => {
    for (const [, query] of cases) assert.match(found(query)[0]![1], /\n\p{Lu}[^\n]+\.$/u);
  });

  test("a judge that is generous to all, or strict, contradicts nobody; nor does one that there is no verifier beside", () => {
    const generous = of(answerOf("a", { reward: 0, selfReward: 5 }), answerOf("b", { selfReward: 6 }));
    const strict = of(answerOf("a", { reward: 0, selfReward: 0 }), answerOf("b", { selfReward: 1 }));
    for (const query of [generous, strict]) assert.deepEqual(found(query), []);
    const praised = of(answerOf("a", { reward: 0, selfReward: 7 }), answerOf("b", { selfReward: 6 }));
    assert.equal(found(praised).length, 1);
    assert.deepEqual(roundDiagnostics(documentOf([praised], false)), []);
  });

  test("an answer that is a little repetitive, or short, is none", () => {
    assert.equal(isRepetitive(loop.slice(0, 23)), false);
    assert.equal(isRepetitive(Array.from({ length: 40 }, (_, i) => (i < 30 ? i : i - 20))), false);
    assert.equal(bigramRepetition([1, 2, 1, 2, 1]), 0.5);
    assert.equal(bigramRepetition([1]), 0);
  });

  test("stand on the text's first line", () => {
    const document = documentOf([of(answerOf("abc\nd", { stop: "length" }))]);
    const { range } = roundDiagnostics(document)[0]!;
    const { first } = document.places[0]!.answers[0]!.text;
    assert.deepEqual(range, { start: { line: first, character: 6 }, end: { line: first, character: 9 } });
  });
});
