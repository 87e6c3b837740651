import type { OpenFamily } from "./task.ts";

/** What an open game's Challenger is asked for; a list has one drawn for each query. */
export interface OpenSettings {
  readonly task?: string | readonly string[] | undefined;
  readonly template?: string | readonly string[] | undefined;
}

/** The template where none is given: any text at all. It is named here, so that a copy of it is no query. */
const freeTemplate = "{input}";

/** One of a list by a uniform number in [0, 1); a single text is a list of one. */
function oneOf(texts: string | readonly string[], uniform: number): string {
  const list = typeof texts === "string" ? [texts] : texts;
  return list[Math.floor(uniform * list.length)]!;
}

/**
 * Free-form queries, as in the paper: any text that the Challenger wrote is one. Task and template are drawn independently
 * of each other, query by query [ours]. Nobody knows the right answers, so a model has to judge.
 */
export function openFamily({ task, template = freeTemplate }: OpenSettings): OpenFamily {
  return {
    name: "open",
    verifiable: false,
    challenge: (lots) => ({
      ...(task !== undefined && { task: oneOf(task, lots.task) }),
      template: oneOf(template, lots.template),
    }),
    parse: (text) => {
      const query = text.trim();
      return query === "" ? { ok: false, reason: "it is empty" } : { ok: true, query };
    },
    solverPrompt: (query) => [{ role: "user", content: query }],
  };
}
