import { constants } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SparringError } from "../../errors.ts";
import { figureSvg } from "../../studies/figure/figure.ts";
import { type RunData, seriesStep } from "../../studies/run-data.ts";
import type { Study } from "../../studies/study.ts";
import { resultsMarkdown, type StudyReport } from "./markdown.ts";

/**
 * Makes the folder of a study's report, `out`/<name of the study>, or finds it.
 * @throws SparringError `cli/unwritable`
 */
export async function openFolder(out: string, { name }: Study): Promise<string> {
  const folder = join(out, name);
  await attempt(folder, async () => {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  });
  return folder;
}

/**
 * Writes a study's tables, figures and data into a folder, over what an earlier report has left there.
 * @throws SparringError `cli/unwritable`
 */
export async function writeReport(folder: string, study: Study, report: StudyReport): Promise<void> {
  const files: [name: string, text: string][] = [
    ["results.md", resultsMarkdown(study, report)],
    ["data.json", dataJson(study, report.data)],
    ...study.groups.map((group): [string, string] => [`${group.file}.svg`, figureSvg(study, group, report.data)]),
  ];
  await attempt(folder, async () => {
    for (const [name, text] of files) await writeFile(join(folder, name), text);
  });
}

async function attempt(place: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const next = "Give another --out folder.";
    throw new SparringError("cli/unwritable", `the report can't be written (${code})`, next, { place, cause });
  }
}

/** The runs as JSON, one a line, numbers to four significant digits: figures and tables can be made again from them. */
function dataJson({ name }: Study, data: readonly RunData[]): string {
  const short = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  const runs = data.map((run) => JSON.stringify(run, short));
  return `{"study":${JSON.stringify(name)},"roundsPerValue":${seriesStep},"runs":[\n${runs.join(",\n")}\n]}\n`;
}
