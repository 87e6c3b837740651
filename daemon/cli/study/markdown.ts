import { summaryText } from "../../studies/measures.ts";
import { type ArmResult, type RunResult, runResult } from "../../studies/results.ts";
import { lateRounds, type RunData } from "../../studies/run-data.ts";
import type { Group, Study } from "../../studies/study.ts";
import { percent, points } from "../../text/numbers.ts";
import { printable } from "../text/printable.ts";
import { armMeasureText, isMarked, rangeText, seedsText, unfinishedNote, wrongText } from "./cells.ts";
import type { Provenance } from "./read.ts";

/** All that a study's files are made of. */
export interface StudyReport {
  readonly data: readonly RunData[];
  readonly results: readonly ArmResult[];
  readonly provenance: Provenance;
  /** The command line that makes them. */
  readonly command: string;
}

/** A study's results as a document, with its figures beside it. */
export function resultsMarkdown(study: Study, { data, results, provenance, command }: StudyReport): string {
  const { measures, signs, wrong, figureNote } = study.instrument;
  const runs = data.map((run) => runResult(study, run));
  const finished = runs.filter((run) => run.finished).length;
  const seconds = data.reduce((sum, run) => sum + run.seconds, 0);
  return [
    `# Results of ${study.name}`,
    "",
    `${study.about} These tables and figures are written by a program; don't edit them.`,
    "",
    ...list([
      `Command: \`${command}\``,
      `Runs: ${finished} of ${runs.length} are finished${finished < runs.length ? "; **what follows is not the whole study**" : ""}`,
      `Seeds: ${study.seeds.join(", ")}`,
      `Time: ${Math.round(seconds / 60)} minutes of rounds, summed over the runs`,
      ...provenance.machines.map((machine) => `Machine: ${cell(machine)}`),
      ...provenance.versions.map((version) => `Version: ${cell(version)}`),
    ]),
    "",
    `**Accuracy** is held-out, greedy, before training and at the last round; the range is that of the seeds. The other columns are means ` +
      `over the last ${lateRounds} rounds of a run where nothing else is said, and then over seeds; – stands where there is no such number.`,
    "",
    ...list(measures.map((measure) => `**${cell(measure.label)}**: ${measure.about}${summaryText(measure)}`)),
    ...list(signs.map(({ name, meaning }) => `${wrong}, **${name}**: ${meaning}`)),
    "",
    "In the figures a line is the mean of an arm's seeds that have a value there (what is evaluated at every evaluation, else means of some rounds), " +
      `a band their range. ${figureNote}`,
    ...study.groups.flatMap((group) => section(study, group, results)),
    "",
    "## Every run",
    "",
    ...runTable(study, runs),
    "",
    ...(results.some(isMarked) ? [unfinishedNote.replace("*", "\\*"), ""] : []),
  ].join("\n");
}

function section(study: Study, { title, question, file, arms }: Group, results: readonly ArmResult[]): string[] {
  const { measures, wrong } = study.instrument;
  const rows = arms.map((name) => results.find(({ arm }) => arm.name === name)!);
  return [
    "",
    `## ${title}`,
    "",
    question,
    "",
    ...table(
      ["arm", "", "seeds", "start", "end", "range", "points", wrong],
      rows.map((row) => [
        row.arm.name,
        row.arm.about,
        seedsText(row),
        percent(row.start),
        percent(row.end?.mean ?? null),
        rangeText(row),
        points(row.gained),
        wrongText(study, row),
      ]),
      2,
    ),
    "",
    ...table(
      ["arm", ...measures.map(({ label }) => label)],
      rows.map((row) => [row.arm.name, ...measures.map((measure) => armMeasureText(measure, row))]),
      1,
    ),
    "",
    `![${title}: the measures over rounds](${file}.svg)`,
  ];
}

function runTable({ instrument }: Study, runs: readonly RunResult[]): string[] {
  return table(
    ["run", "rounds", "start", "end", "points", instrument.wrong],
    runs.map(({ id, played, rounds, start, end, signs }) => [
      id,
      played === rounds ? String(rounds) : `${played ?? 0} of ${rounds}`,
      percent(start),
      percent(end),
      points(start === null || end === null ? null : end - start),
      signs.join(", ") || (played === null ? "–" : "no"),
    ]),
    1,
  );
}

/** @param left so many columns are aligned left; the others, numbers, right */
function table(head: readonly string[], rows: readonly (readonly string[])[], left: number): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${head.map((_, i) => (i < left ? "---|" : "---:|")).join("")}`, ...rows.map(line)];
}

function list(items: readonly string[]): string[] {
  return items.map((item) => `- ${item}`);
}

/** Text that is no markup. */
function cell(text: string): string {
  return printable(text).replace(/[\\`*_<>|[\]&~]/g, "\\$&");
}
