import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { openDataFile } from "../../daemon/data/file-dataset.ts";
import type { IndexOptions } from "../../daemon/data/file-index.ts";
import type { DataRecord, Dataset } from "../../daemon/data/record.ts";

/** A file of these bytes, which is gone after the test. */
export function dataFile(t: TestContext, content: string | Uint8Array): string {
  const dir = mkdtempSync(join(tmpdir(), "sparring-data-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, "data.jsonl");
  writeFileSync(file, content);
  return file;
}

/** Opens a file of these bytes until the end of the test. */
export async function opened(
  t: TestContext,
  content: string | Uint8Array,
  options: IndexOptions = {},
): Promise<Dataset> {
  const dataset = await openDataFile(dataFile(t, content), options);
  t.after(() => dataset.close());
  return dataset;
}

/** JSON Lines of these values. */
export function jsonLines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}

/** All records, in order. */
export async function allRecords(dataset: Dataset): Promise<DataRecord[]> {
  return Promise.all(Array.from({ length: dataset.count }, (_, i) => dataset.record(i)));
}

/** What was skipped or tolerated, as `reason: lines`; a count beyond the lines follows them. */
export function found(tallies: Dataset["skipped"] | Dataset["tolerated"]): string[] {
  return tallies.map(({ reason, count, lines }) => {
    const more = count > lines.length ? ` of ${count}` : "";
    return `${reason}: ${lines.join(" ")}${more}`;
  });
}
