import { nearest } from "../../config/keys.ts";
import { studies } from "../../studies/registry.ts";
import { keyOf, restricted, type Study, variant } from "../../studies/study.ts";
import { usageError } from "../arguments.ts";
import type { Command } from "../command.ts";

/** What the command line says of a study. */
export interface Choice {
  readonly name: string;
  /** `arm,…`; all arms, if left out. */
  readonly only: string | undefined;
  /** `key=value` */
  readonly settings: readonly string[];
}

/** The study that a command line means. @throws SparringError `cli/usage` */
export function chooseStudy(command: Command, { name, only, settings }: Choice): Study {
  const study = studies.find((each) => each.name === name);
  if (!study) throw unknown(command, "study", name, studies);
  const planned = settings.map(keyOf).find((key) => key === "seed" || key === "name");
  if (planned !== undefined) throw usageError(`a study sets ${planned} itself`, command);
  return variant(only === undefined ? study : restricted(study, armsOf(command, study, only)), settings);
}

function armsOf(command: Command, { arms }: Study, only: string): string[] {
  const names = only.split(",");
  for (const name of names) {
    if (!arms.some((arm) => arm.name === name)) throw unknown(command, "arm", name, arms);
  }
  return names;
}

function unknown(command: Command, what: string, name: string, known: readonly { readonly name: string }[]): Error {
  const names = known.map((each) => each.name);
  const meant = nearest(name, names);
  const hint = meant === undefined ? `There are: ${names.join(", ")}.` : `Did you mean ${meant}?`;
  return usageError(`there is no ${what} ${JSON.stringify(name)}`, command, hint);
}
