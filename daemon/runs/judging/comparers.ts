import type { Config } from "../../config/schema.ts";
import type { Engine } from "../../engine/engine.ts";
import { compareByLogits } from "../../judge/pairwise/by-logits.ts";
import type { Comparer } from "../../judge/pairwise/comparer.ts";
import { compareInWords } from "../../judge/pairwise/in-words.ts";
import { askOn } from "../../judge/rubric/ask.ts";
import type { ChatTokenizer } from "../../models/tokenizer.ts";
import type { OutsideJudges } from "./outside-judges.ts";

/** What judges need of an engine. */
export type AskedEngine = Pick<Engine, "capabilities" | "sample" | "logprobs">;

/** Who can be asked which of two answers is better. */
export interface ComparerParts {
  /** Its frozen reference is asked. */
  readonly engine: AskedEngine;
  readonly tokenizer: ChatTokenizer;
  readonly outside: OutsideJudges;
}

/** The judge of pairs that some settings of `judge.pairwise` ask for. */
export function comparerOf(
  { by, mode, temperature, max_tokens: maxTokens }: Omit<Config["judge"]["pairwise"], "opponents">,
  { engine, tokenizer, outside }: ComparerParts,
): Comparer {
  if (by === "endpoint") {
    const { name, ask, figures } = outside.endpoint();
    return { ...compareInWords(name, ask), figures };
  }
  const policy = "reference" as const;
  switch (mode) {
    case "generate":
      return compareInWords("reference", askOn({ engine, tokenizer, policy, temperature, maxTokens }));
    case "logits":
      return compareByLogits("reference-logits", { engine, tokenizer, policy });
  }
}
