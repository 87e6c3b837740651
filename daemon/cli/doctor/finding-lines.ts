import { padEnd, wrap } from "../text/fit.ts";
import type { Style } from "../text/style.ts";
import type { Finding } from "./finding.ts";

const marks = { ok: "ok", warning: "warning", problem: "PROBLEM" } as const;
const indent = 23;

/** `1  ok       Node      Version 20.`, and what to do below. */
export function findingLines(number: number, { subject, level, found, next }: Finding, style: Style): string[] {
  const { columns, colours, invocation } = style;
  const ink = { ok: colours.green, warning: colours.yellow, problem: colours.red }[level];
  const [first, ...rest] = wrap(found, columns, " ".repeat(indent));
  const head = `${String(number).padStart(2)}  ${ink(padEnd(marks[level], 9))}${padEnd(subject, indent - 13)}`;
  const step =
    next === undefined
      ? []
      : wrap(
          next.replaceAll("`sparring ", () => `\`${invocation} `),
          columns,
          " ".repeat(indent),
        );
  return [head + first!.slice(indent), ...rest, ...step.map((line) => colours.bold(line))];
}
