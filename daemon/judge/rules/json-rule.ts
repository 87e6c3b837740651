import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { SparringError } from "../../errors.ts";
import { patternOf } from "./patterns.ts";
import { inTime, type Rule } from "./rules.ts";

/**
 * The answer is JSON, and fits a schema (JSON Schema, draft 2020-12): all of it, or what stands in its one fenced block of code.
 * Patterns of the schema give up in time; a schema that refers to another file is refused.
 * @param schema its text
 * @throws SparringError `judge/bad-schema`
 */
export function fitsSchema(schema: string): Rule {
  const validate = compiled(schema);
  return (answer) =>
    inTime(() => {
      const parsed = jsonOf(answer);
      if (!parsed) return { value: 0, rationale: "wrong: it is not JSON" };
      if (validate(parsed.value)) return { value: 1, rationale: "it fits the schema" };
      const { instancePath, message } = validate.errors![0]!;
      return { value: 0, rationale: `wrong: ${instancePath || "the whole"} ${message}` };
    });
}

function compiled(schema: string): ValidateFunction {
  try {
    // Ajv tells patterns apart by their text.
    const regExp = Object.assign((source: string) => ({ ...patternOf(source), toString: () => source }), {
      code: "patternOf",
    });
    return new Ajv2020({ strict: true, allowUnionTypes: true, code: { regExp } }).compile(JSON.parse(schema));
  } catch (cause) {
    throw new SparringError(
      "judge/bad-schema",
      `judge.verifier.schema can't be used: ${(cause as Error).message}`,
      "Correct it: JSON Schema of draft 2020-12 that refers to no other file.",
      { cause },
    );
  }
}

/** An answer's JSON; a value may be null, so it comes in an object. */
function jsonOf(answer: string): { readonly value: unknown } | undefined {
  const fenced = [...answer.matchAll(/```(?:json)?\s*\n([\s\S]*?)```/g)];
  const text = fenced.length === 1 ? fenced[0]![1]! : answer;
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}
