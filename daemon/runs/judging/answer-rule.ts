import type { Config } from "../../config/schema.ts";
import { choice, exact, numeric, type Rule } from "../../judge/rules/rules.ts";

/** How an answer is compared with the known one; rules that look at its form alone, and the task's own, compare the text. */
export function answerRule(settings: Config["judge"]["verifier"]): Rule {
  switch (settings.rule) {
    case "number":
      return numeric({ absolute: settings.tolerance, relative: settings.relative_tolerance });
    case "choice":
      return choice;
    default:
      return exact;
  }
}
