import { z } from "zod";
import type { ImitationAlgorithm, ResponseLogprob } from "../../selfplay/imitation.ts";
import { type ImitationSettings, imitationDefaults } from "../../selfplay/imitation-settings.ts";
import { above, check, expected, logprobs, notNegative, type Path, readSettings, wrong } from "./checking.ts";

/** What a file asks of an algorithm of imitation. */
export interface UnitQuestion {
  readonly algorithm: ImitationAlgorithm;
  readonly settings: ImitationSettings;
  readonly units: readonly QuestionedUnit[];
}

export interface QuestionedUnit {
  /** In the order of the algorithm's roles. */
  readonly response_R: readonly ResponseLogprob[];
  /** The first two responses are the same tokens. */
  readonly identical: boolean;
}

const settingSchemas = {
  beta: above(0),
  c: above(0),
  eta: above(0),
  lambda: notNegative,
  smoothing: z.enum(["outer", "inner", "linear"], expected("outer, inner or linear")),
  against: z.enum(["both", "chosen", "rejected"], expected("both, chosen or rejected")),
  tau: above(0),
  lengthAverage: z.boolean(expected("true or false")),
  maskTruncated: z.boolean(expected("true or false")),
} satisfies Record<keyof ImitationSettings, z.ZodType>;

const responseSchema = z.strictObject(
  {
    logp: logprobs,
    ref: logprobs.optional(),
    tokens: z.int(expected("a whole number")).min(1, expected("at least 1")).optional(),
  },
  expected("an object with logp and ref"),
);

const fileSchema = z.strictObject({
  algorithm: z.string(),
  settings: z.unknown().optional(),
  units: z.array(z.unknown(), expected("a list of units")).min(1, expected("at least one unit")),
});

/**
 * Checks what a file asks of this algorithm, and fills in defaults.
 * @throws SparringError `cli/loss-file` with the first thing that is wrong
 */
export function readUnits(algorithm: ImitationAlgorithm, json: unknown, file: string): UnitQuestion {
  const { settings: given = {}, units } = check(fileSchema, json, [], file);
  const own = readSettings(settingSchemas, algorithm.uses, given, file);
  const settings: ImitationSettings = { ...imitationDefaults, ...own };
  // A unit may hold more responses than this algorithm needs, so that one file serves several.
  const unitSchema = z.object(
    {
      ...Object.fromEntries(algorithm.roles.map((role) => [role, responseSchema])),
      identical: z.boolean(expected("true or false")).default(false),
    },
    expected("an object with a response for each role"),
  );
  const readUnit = (unit: unknown, u: number): QuestionedUnit => {
    const { identical, ...roles } = check(unitSchema, unit, ["units", u], file);
    const response_R = algorithm.roles.map((role) => {
      const written = (roles as Record<string, z.output<typeof responseSchema>>)[role]!;
      return responseOf(written, { algorithm, settings }, ["units", u, role], file);
    });
    const [first, second] = response_R;
    if (identical && second && (first!.logp !== second.logp || first!.ref !== second.ref)) {
      throw wrong(["units", u, "identical"], "the first two responses have different log-probabilities", file);
    }
    return { response_R, identical };
  };
  return { algorithm, settings, units: units.map(readUnit) };
}

/** Sums up what was written of a response. */
function responseOf(
  { logp, ref, tokens }: z.output<typeof responseSchema>,
  { algorithm, settings }: Pick<UnitQuestion, "algorithm" | "settings">,
  path: Path,
  file: string,
): ResponseLogprob {
  const lengths = [logp, ref].flatMap((values) => (Array.isArray(values) ? [values.length] : []));
  const length = tokens ?? lengths[0];
  if (lengths.some((each) => each !== length)) {
    throw wrong(path, "logp, ref and tokens tell of different numbers of tokens", file);
  }
  if (ref === undefined && algorithm.reference !== "none") throw wrong([...path, "ref"], "it is missing", file);
  const averages = algorithm.uses.includes("lengthAverage") && settings.lengthAverage;
  if (length === undefined && (averages || algorithm.mean === "tokens")) {
    throw wrong([...path, "tokens"], `it is missing, and ${algorithm.name} divides by it`, file);
  }
  return { logp: sum(logp), ref: sum(ref ?? 0), tokens: length ?? 1 };
}

function sum(values: number | readonly number[]): number {
  return typeof values === "number" ? values : values.reduce((total, value) => total + value, 0);
}
