// @ts-check
/**
 * Node's TAP report with the failed tests told once more just before the counts: of a long run often only the end is kept, and the
 * end has to say which test failed, where and why. (On a terminal Node's spec reporter does that itself. JavaScript, because Node
 * loads a reporter before tsx.)
 */
import { relative } from "node:path";
import { tap } from "node:test/reporters";

/**
 * Name, place and error of failed tests as `#` lines.
 * @param {any[]} failures the data of node:test's `test:fail` events
 */
function told(failures) {
  return failures
    .flatMap(({ name, file, line, details }) => {
      const cause = details?.error?.cause ?? details?.error;
      const text = String(cause?.stack ?? cause?.message ?? cause).split("\n");
      const place = `${file ? relative(process.cwd(), file) : "?"}:${line ?? "?"}`;
      return [`# failed: ${name} (${place})`, ...text.slice(0, 25).map((part) => `#     ${part}`)];
    })
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * node:test's reporter: events in, text out. Suites and files that fail only by a test in them are told by that test.
 * @param {AsyncIterable<any>} source
 */
// biome-ignore lint/style/noDefaultExport: node:test asks for a default export
export default async function* reporter(source) {
  /** @type {any[]} */
  const failures = [];
  let summary = "";
  async function* watched() {
    for await (const event of source) {
      const { type, data } = event;
      if (type === "test:fail" && data.details?.error?.failureType !== "subtestsFailed") failures.push(data);
      if (type === "test:diagnostic" && data.nesting === 0 && /^tests \d+$/.test(data.message))
        summary = told(failures);
      yield event;
    }
  }
  for await (const text of tap(watched())) {
    if (summary) yield summary;
    summary = "";
    yield text;
  }
}
