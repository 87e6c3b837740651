/**
 * What the Challenger is told. The contents follow Box 1 of LSP (arXiv 2509.07414) [paper]; the wording is ours.
 */

/** The Challenger fills the text between these; they are not part of a query. */
export const startMarker = "[[BEGIN INPUT]]";
export const endMarker = "[[END INPUT]]";

/** What to challenge the Solver with; both may be left to the Challenger. */
export interface ChallengerTask {
  /** Name or description of a task, e.g. "Pure & Applied Mathematics". */
  readonly task?: string;
  /** The form of an input, with what is to be filled in between curly braces: `Add {a} and {b}.` */
  readonly template?: string;
}

/** The template where none is given: any text at all. */
const freeTemplate = "{input}";

/** The Challenger's prompt, as the content of one message. */
export function challengerPrompt({ task, template }: ChallengerTask): string {
  const named = task === undefined ? "a task of your own choosing" : `the task "${task}"`;
  return `<ChallengeRequest>
# Background
A task is a collection of pairs (input, output). A language agent is shown an input and has to come up with the output.
Two examples:
- The task "Translate English to French" contains the pair ("Good morning.", "Bonjour.").
- The task "Sort a list of numbers" contains the pair ("[3, 1, 2]", "[1, 2, 3]").

# Request
Write exactly one valid input for ${named}. It may be easy, of medium difficulty, hard, or noisy: choose what puts the
agent to the test and shows where it is weak.

# Details
Copy the text that stands between ${startMarker} and ${endMarker} below, without these two markers, and put something
of your own in place of everything in curly braces, braces included.
${startMarker}
${template ?? freeTemplate}
${endMarker}

# Final remarks
- Write the input alone: no answer, no hint, nothing that gives the output away.
- Ask for nothing that a language agent cannot do, such as opening a file or clicking a button.
- Stop as soon as the text is filled in.
- Where no task or template is given, decide for yourself.
</ChallengeRequest>`;
}

/** The curly-brace placeholders of a template, e.g. ["{a}", "{b}"]. */
export function placeholders(template: string): string[] {
  return template.match(/\{[^{}]*\}/g) ?? [];
}
