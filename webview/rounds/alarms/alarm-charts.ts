import type { Alarm } from "../../../daemon/protocol.ts";
import { percent } from "../../shared/numbers.ts";
import type { ChartSpec } from "../charts/chart-specs.ts";
import type { RunDetails } from "../data/records.ts";
import { numberSetting, setting, textSetting } from "../header/facts.ts";
import { alarmNames } from "./alarm-text.ts";
import { groupedBy } from "./run-alarms.ts";

type Kind = Alarm["kind"];

/** The chart at whose axis an alarm is marked: that of what it looks at, or of what comes nearest. */
export function chartOfAlarm(kind: Kind, run: RunDetails): string {
  switch (kind) {
    case "kl":
      return "kl";
    case "length":
    case "repetition":
    case "style":
      return "length";
    case "judge":
      return isVerified(run) ? "self-reward" : "reward";
    case "contrast":
      return "reward";
    case "unscored":
      return isSelfRewarded(run) ? "self-reward" : "reward";
    case "diversity":
    case "admission":
      return "queries";
  }
}

/** Alarms by the chart at whose axis they are marked. */
export function alarmsByChart(alarms: readonly Alarm[], run: RunDetails): ReadonlyMap<string, readonly Alarm[]> {
  return groupedBy(alarms, ({ kind }) => chartOfAlarm(kind, run));
}

/**
 * The charts with the thresholds of alarms, where a chart shows what its alarm is compared with. That is so for the admitted share
 * alone: KL is drawn a sequence but watched a token; length, diversity and judge are watched against the run's first rounds; and
 * what the others look at has no line.
 */
export function withThresholds(specs: readonly ChartSpec[], { config }: RunDetails): readonly ChartSpec[] {
  const below = numberSetting(config, "alarms.admission.below");
  if (below === undefined || !isOn("admission", config)) return specs;
  const threshold = { value: below, label: `alarm below ${percent(below)} admitted` };
  return specs.map((spec) => (spec.id === "queries" ? { ...spec, threshold } : spec));
}

/** Kinds of alarms that can ring in a run: those that are not off, and have something to look at. */
export function watchedKinds(run: RunDetails): Kind[] {
  const { config, overview } = run;
  if (setting(config, "alarms") === undefined) return [];
  const hasChallenger = overview.algorithm === "lsp" || overview.algorithm === "lsp-zero";
  return kinds.filter((kind) => {
    if (kind === "diversity" || kind === "admission") return hasChallenger && isOn(kind, config);
    if (kind === "judge") return (!isVerified(run) || isSelfRewarded(run)) && isOn(kind, config);
    return isOn(kind, config);
  });
}

const kinds = Object.keys(alarmNames) as Kind[];

function isOn(kind: Kind, config: RunDetails["config"]): boolean {
  return (textSetting(config, `alarms.${kind}.action`) ?? textSetting(config, "alarms.action")) !== "off";
}

function isVerified({ config }: RunDetails): boolean {
  return textSetting(config, "judge.reward.kind") === "verifier";
}

/** LSP alone has a self-reward. */
function isSelfRewarded({ overview }: RunDetails): boolean {
  return overview.algorithm === "lsp";
}
