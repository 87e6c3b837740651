import { readFile } from "node:fs/promises";
import { z } from "zod";
import { SparringError } from "../../errors.ts";
import { type AlgorithmName, algorithms, type ImitationName, imitationAlgorithms } from "../../selfplay/registry.ts";
import { check, expected } from "./checking.ts";
import { type RoundQuestion, readRound } from "./round-question.ts";
import { readUnits, type UnitQuestion } from "./unit-question.ts";

/** What a file asks for. */
export type LossQuestion =
  | { readonly kind: "units"; readonly question: UnitQuestion }
  | { readonly kind: "round"; readonly question: RoundQuestion };

const names = [...Object.keys(imitationAlgorithms), ...Object.keys(algorithms)] as (ImitationName | AlgorithmName)[];

const headSchema = z.looseObject(
  { algorithm: z.enum(names, expected(`one of ${names.join(", ")}`)) },
  expected("an object with an algorithm"),
);

/**
 * Reads a file of log-probabilities.
 * @throws SparringError `cli/loss-file-unreadable`, `cli/loss-file-json`, `cli/loss-file`
 */
export async function readLossFile(file: string): Promise<LossQuestion> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new SparringError(
      "cli/loss-file-unreadable",
      `the file can't be read (${(error as NodeJS.ErrnoException).code})`,
      "Give the path of a JSON file of log-probabilities; `sparring help loss` shows one.",
      { place: file, cause: error },
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SparringError("cli/loss-file-json", "this is no JSON", "Correct it.", { place: file, cause: error });
  }
  const { algorithm: name } = check(headSchema, json, [], file);
  return name in imitationAlgorithms
    ? { kind: "units", question: readUnits(imitationAlgorithms[name as ImitationName], json, file) }
    : { kind: "round", question: readRound(algorithms[name as AlgorithmName], json, file) };
}
