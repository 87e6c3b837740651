import { messageFields } from "./conversation.ts";
import type { Shape } from "./shapes.ts";

/** What a record has beyond its shape's fields: names such as "id", and "messages[].name" within messages. */
export function unusedFields(record: object, { required, optional }: Shape): ReadonlySet<string> {
  const unused = new Set<string>();
  for (const [field, value] of Object.entries(record)) {
    if (!required.includes(field) && !optional.includes(field)) unused.add(field);
    else if (Array.isArray(value)) {
      for (const name of value.flatMap(namesOf)) {
        if (!messageFields.includes(name)) unused.add(`${field}[].${name}`);
      }
    }
  }
  return unused;
}

/** Names of a message's fields; whether it is one is not yet known. */
function namesOf(message: unknown): string[] {
  return typeof message === "object" && message !== null ? Object.keys(message) : [];
}
