import type { Alarm, RunOverview } from "../../daemon/protocol.ts";
import type { KeyBinding } from "../shared/keys.ts";
import type { Host } from "../shared/messages.ts";
import { alarmRoundFrom, foremost, type RunAlarms } from "./alarms/run-alarms.ts";
import { type HeatKind, heatNames } from "./answers/heat.ts";
import type { QueryRecord } from "./data/records.ts";
import { runControl } from "./header/run-control.ts";
import type { ViewState } from "./view-state.ts";

interface PanelSituation {
  readonly host: Host;
  readonly view: ViewState;
  readonly change: (part: Partial<ViewState>) => void;
  readonly overview: RunOverview;
  /** What is selected. */
  readonly place: { readonly run: string; readonly round: number; readonly query?: number; readonly answer: number };
  readonly first: number;
  readonly last: number;
  /** In the order in which they are shown. */
  readonly queries: readonly QueryRecord[];
  readonly checkpoints: readonly number[];
  readonly forkFrom: number | null;
  /** What tokens can be coloured by besides their log-probability; undefined: by nothing. */
  readonly otherHeat: HeatKind | undefined;
  /** Whether there is a Challenger, whose queries can be read as a curriculum. */
  readonly hasCurriculum: boolean;
  readonly alarms: RunAlarms;
  readonly onAlarm: (alarm: Alarm) => void;
  /** Opens the list of alarms; undefined where nothing is watched. */
  readonly onAlarms: (() => void) | undefined;
}

/** The panel's keys, in the order of the bar. */
export function panelKeys(situation: PanelSituation): KeyBinding[] {
  return [
    ...roundKeys(situation),
    ...queryKeys(situation),
    ...viewKeys(situation),
    ...runKeys(situation),
    ...rareKeys(situation),
  ];
}

function roundKeys({ change, place, first, last, alarms, onAlarm }: PanelSituation): KeyBinding[] {
  const go = (step: number): void => change({ round: Math.min(last, Math.max(first, place.round + step)), answer: 0 });
  const goToAlarm = (key: string): void => {
    const round = alarmRoundFrom(alarms, place.round, key === "[" ? -1 : 1);
    if (round !== undefined) onAlarm(foremost(alarms.byRound.get(round)!)!);
  };
  return [
    {
      keys: ["ArrowLeft", "ArrowRight"],
      label: "round",
      group: "Round",
      run: (key) => go(key === "ArrowLeft" ? -1 : 1),
    },
    ...(alarms.all.length > 0 ? [{ keys: ["[", "]"], label: "alarm", group: "Round", run: goToAlarm }] : []),
    { keys: ["End"], label: "newest", group: "Round", run: () => change({ round: null, answer: 0 }) },
    {
      keys: ["PageUp", "PageDown"],
      label: "10 rounds back or on",
      group: "Round",
      hidden: true,
      run: (key) => go(key === "PageUp" ? -10 : 10),
    },
    {
      keys: ["Home"],
      label: "first round",
      group: "Round",
      hidden: true,
      run: () => change({ round: first, answer: 0 }),
    },
  ];
}

function queryKeys({ host, view, change, place, queries }: PanelSituation): KeyBinding[] {
  const at = queries.findIndex(({ index }) => index === place.query);
  const answers = queries[at]?.answers.length ?? 0;
  const query = (step: number): void => {
    const next = queries[Math.min(queries.length - 1, Math.max(0, at + step))];
    if (next) change({ query: next.index, answer: 0 });
  };
  const answer = (step: number): void =>
    change({ answer: Math.min(Math.max(0, answers - 1), Math.max(0, place.answer + step)) });
  const group = "Query and answer";
  return [
    { keys: ["ArrowUp", "ArrowDown"], label: "query", group, run: (key) => query(key === "ArrowUp" ? -1 : 1) },
    { keys: ["j", "k"], label: "answer", group, run: (key) => answer(key === "j" ? 1 : -1) },
    { keys: ["Enter"], label: view.isOpen ? "close" : "open", group, run: () => change({ isOpen: !view.isOpen }) },
    { keys: ["r"], label: "rate", group, run: () => host.run("sparring.rate", place) },
    { keys: ["w"], label: "why this score", group, run: () => host.run("sparring.why", place) },
  ];
}

function viewKeys({ view, change, otherHeat, hasCurriculum }: PanelSituation): KeyBinding[] {
  const other = view.view === "curriculum" ? "round" : "curriculum";
  return [
    ...(otherHeat
      ? [
          {
            keys: ["h"],
            label: `log-probability / ${heatNames[otherHeat]}`,
            group: "View",
            run: () => change({ heat: view.heat === "logprob" ? otherHeat : "logprob" }),
          },
        ]
      : []),
    ...(hasCurriculum ? [{ keys: ["c"], label: other, group: "View", run: () => change({ view: other }) }] : []),
    {
      keys: ["t"],
      label: view.asTable ? "tables as charts" : "charts as tables",
      group: "View",
      run: () => change({ asTable: !view.asTable }),
    },
  ];
}

function runKeys({ host, overview, place: { run }, forkFrom }: PanelSituation): KeyBinding[] {
  const control = runControl(overview);
  const group = "Run";
  return [
    ...(control
      ? [{ keys: ["p"], label: control.title.toLowerCase(), group, run: () => host.run(control.command, { run }) }]
      : []),
    ...(forkFrom === null
      ? []
      : [
          {
            keys: ["f"],
            label: `fork from round ${forkFrom}`,
            group,
            run: () => host.run("sparring.fork", { run, round: forkFrom }),
          },
        ]),
    {
      keys: ["o"],
      label: "compare with other weights",
      group,
      hidden: true,
      run: () => host.run("sparring.compare", { run, round: forkFrom ?? undefined }),
    },
  ];
}

function rareKeys({ host, change, place, checkpoints, onAlarms }: PanelSituation): KeyBinding[] {
  const { run, round, query } = place;
  return [
    ...(onAlarms ? [{ keys: ["a"], label: "all alarms", group: "Round", hidden: true as const, run: onAlarms }] : []),
    {
      keys: [",", "."],
      label: "earlier or later checkpoint",
      group: "Round",
      hidden: true,
      run: (key) => {
        const next = key === "," ? checkpoints.findLast((one) => one < round) : checkpoints.find((one) => one > round);
        if (next !== undefined) change({ round: next, answer: 0 });
      },
    },
    {
      keys: ["d"],
      label: "open the round as a document",
      group: "Round",
      hidden: true,
      run: () => host.run("sparring.openRoundDocument", { run, round }),
    },
    {
      keys: ["g"],
      label: "play the query again",
      group: "Query and answer",
      hidden: true,
      run: () => host.run("sparring.playAgain", { run, round, query }),
    },
    {
      keys: ["l"],
      label: "lineage",
      group: "Run",
      hidden: true,
      run: () => host.run("sparring.openLineage", { run }),
    },
  ];
}
