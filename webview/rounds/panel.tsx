import type { VNode } from "preact";
import { useCallback, useEffect, useMemo, useRef } from "preact/hooks";
import type { Alarm } from "../../daemon/protocol.ts";
import { isImitation } from "../shared/imitation.ts";
import { KeyBar } from "../shared/key-bar.tsx";
import type { PanelProps } from "../shared/mount.tsx";
import { Empty, Failure, Loading } from "../shared/states.tsx";
import { alarmsByChart, withThresholds } from "./alarms/alarm-charts.ts";
import { AlarmList } from "./alarms/alarm-list.tsx";
import { AlarmRow } from "./alarms/alarm-row.tsx";
import { alarmAnnouncement } from "./alarms/alarm-text.ts";
import { noAlarms, runAlarms } from "./alarms/run-alarms.ts";
import type { HeatKind } from "./answers/heat.ts";
import { chartMetrics, chartSpecs } from "./charts/chart-specs.ts";
import { Charts } from "./charts/charts.tsx";
import { imitationMetrics, imitationSpecs } from "./charts/imitation-specs.ts";
import { spreadRounds } from "./curriculum/columns.ts";
import { Curriculum } from "./curriculum/curriculum.tsx";
import { type IterationStart, iterationAt, iterationMetrics, iterationStarts } from "./data/iterations.ts";
import type { QueryRecord } from "./data/records.ts";
import { rewardRange } from "./data/reward-range.ts";
import { runFactsOf } from "./data/run-facts.tsx";
import { useCheckpoints } from "./data/use-checkpoints.ts";
import { useForks } from "./data/use-forks.ts";
import { useRatings } from "./data/use-ratings.ts";
import { useRounds } from "./data/use-round.ts";
import { useRun } from "./data/use-run.ts";
import { useSeries } from "./data/use-series.ts";
import { numberSetting } from "./header/facts.ts";
import { Header } from "./header/header.tsx";
import { worstFirst } from "./pairs/pair-order.ts";
import { PairRound } from "./pairs/pair-round.tsx";
import { panelKeys } from "./panel-keys.ts";
import { hardestFirst } from "./queries/query-order.ts";
import type { RoundProps } from "./round-props.ts";
import { RoundView } from "./round-view.tsx";
import { Timeline } from "./timeline/timeline.tsx";
import { useView } from "./use-view.ts";
import type { ViewState } from "./view-state.ts";

const curriculumColumns = 5;

const metricsOfImitation = [...imitationMetrics, ...iterationMetrics];

/** A run's rounds: how it went, what was asked and answered, and what can be done next. */
export function RoundsPanel({ host, input, connection }: PanelProps<"rounds">): VNode {
  const { run } = input;
  const [view, setView] = useView(host, input);
  const change = useCallback((part: Partial<ViewState>) => setView((former) => ({ ...former, ...part })), [setView]);

  const followed = useRun(host, connection, run);
  const { finished, overview } = followed;
  const details = followed.details.value?.overview.id === run ? followed.details.value : undefined;
  // Most runs are games of rewards: their series are asked for before it is known.
  const imitates = details !== undefined && isImitation(details);
  const metrics = imitates ? metricsOfImitation : chartMetrics;
  const { series, loaded, problem } = useSeries(host, connection, run, metrics, details && finished);
  const ratings = useRatings(host, connection, run);
  const forks = useForks(host, connection, run);
  const checkpoints = useCheckpoints(host, connection, run, finished, details);

  const first = series.rounds[0] ?? 0;
  // The round is on its way while the series still are.
  const last = (loaded ? series.rounds.at(-1) : details && finished) ?? 0;
  const hasRounds = loaded ? series.rounds.length > 0 : details !== undefined && finished !== null;
  const selected = Math.min(last, Math.max(first, view.round ?? last));
  const wanted = useMemo(() => (hasRounds ? [selected] : []), [hasRounds, selected]);
  const rounds = useRounds(host, connection, run, wanted);
  // While another round is on its way, the former one stays.
  const played = rounds.rounds.get(selected) ?? [...rounds.rounds.values()][0];
  const queries = useMemo(() => (imitates ? worstFirst : hardestFirst)(played?.queries ?? []), [played, imitates]);
  const query = queries.find(({ index }) => index === view.query) ?? queries[0];
  const answer = Math.min(view.answer, Math.max(0, (query?.answers.length ?? 0) - 1));
  const forkFrom = checkpoints.findLast((round) => round <= selected) ?? null;

  useEffect(() => {
    host.setTitle(`Rounds: ${run}`);
  }, [host, run]);

  const answerLimit = details && numberSetting(details.config, "solver.max_tokens");
  const specs = useMemo(() => {
    if (imitates) return imitationSpecs(series);
    return details ? withThresholds(chartSpecs(answerLimit, rewardRange(details)), details) : [];
  }, [imitates, imitates && series, answerLimit, details]);
  const alarms = useMemo(() => runAlarms(series.alarms), [series.alarms]);
  const chartAlarms = useMemo(() => (details ? alarmsByChart(alarms.all, details) : new Map()), [alarms, details]);
  const alarmDialog = useRef<HTMLDialogElement>(null);
  const openAlarms = useCallback(() => alarmDialog.current?.showModal(), []);
  const iterations = useMemo(() => (imitates ? iterationStarts(series) : none), [imitates, imitates && series]);
  const facts = useMemo(() => details && runFactsOf(details), [details]);
  const selectRound = useCallback((round: number) => change({ round, answer: 0 }), [change]);
  const selectQuery = useCallback((index: number) => change({ query: index, answer: 0 }), [change]);
  const selectAnswer = useCallback(
    (index: number) =>
      setView((former) => ({ ...former, answer: index, isOpen: former.answer === index ? !former.isOpen : true })),
    [setView],
  );
  const openQuery = useCallback(
    (round: number, index: number) => change({ round, query: index, answer: 0, view: "round" }),
    [change],
  );
  const selectSample = useCallback(
    ({ query: index, answer: place = 0 }: Alarm["samples"][number]) =>
      change({ query: index, answer: place, isOpen: true, view: "round" }),
    [change],
  );
  const selectAlarm = useCallback(
    ({ round, samples: [sample] }: Alarm) => {
      selectRound(round);
      if (sample) selectSample(sample);
    },
    [selectRound, selectSample],
  );
  const chooseCurriculum = useCallback((curriculum: readonly number[]) => change({ curriculum }), [change]);
  const firstPlayed = Math.min(last, Math.max(1, first));
  const curriculum = useMemo(
    () => view.curriculum ?? spreadRounds(firstPlayed, last, curriculumColumns),
    [view.curriculum, firstPlayed, last],
  );

  if (followed.details.problem && !details) {
    return <Failure problem={followed.details.problem} again={followed.details.again} />;
  }
  if (!details || !overview || !facts || !loaded) return <Loading what={`run ${run}`} />;
  const isLive = overview.state === "running" || overview.state === "paused" || overview.state === "starting";
  const place = { run, round: selected, query: query?.index, answer };
  const shown: Omit<RoundProps, "played"> = {
    ...{ host, connection, run, queries, query, answer },
    isOpen: view.isOpen,
    heat: view.heat,
    answerLimit: answerLimit ?? 256,
    onQuery: selectQuery,
    onAnswer: selectAnswer,
  };
  return (
    <main class="rounds-panel">
      <Header
        host={host}
        connection={connection}
        overview={overview}
        details={details}
        forkFrom={forkFrom}
        selected={selected}
        iteration={imitates ? iterationAt(series, last) : null}
        alarms={alarms}
        checkpoints={checkpoints}
        onAlarm={selectAlarm}
        onAlarms={imitates ? undefined : openAlarms}
      />
      {problem ? (
        <Failure problem={problem} />
      ) : series.rounds.length === 0 ? (
        <Empty title={overview.state === "queued" ? "This run waits for its turn" : "No round is finished yet"}>
          <p class="dim">Charts, queries and answers appear here with the first finished round.</p>
        </Empty>
      ) : (
        <>
          <Charts
            specs={specs}
            series={series}
            iterations={iterations}
            alarms={chartAlarms}
            ratings={ratings}
            selected={selected}
            asTable={view.asTable}
            onSelect={selectRound}
            onAlarm={selectAlarm}
          />
          {alarms.all.length > 0 && (
            <AlarmRow alarms={alarms.all} rounds={overview.rounds} selected={selected} onAlarm={selectAlarm} />
          )}
          <Timeline
            first={first}
            finished={last}
            rounds={overview.rounds}
            selected={selected}
            isLive={isLive}
            checkpoints={checkpoints}
            checkpointEvery={isLive ? numberSetting(details.config, "checkpoints.every") : undefined}
            forks={forks}
            iterations={iterations}
            onSelect={selectRound}
          />
          {view.view === "curriculum" && !imitates ? (
            <Curriculum
              host={host}
              connection={connection}
              run={run}
              rounds={curriculum}
              first={firstPlayed}
              last={last}
              onRounds={chooseCurriculum}
              onOpen={openQuery}
            />
          ) : rounds.problem ? (
            <Failure problem={rounds.problem} />
          ) : played && imitates ? (
            <PairRound {...shown} played={played} />
          ) : played ? (
            <RoundView
              {...shown}
              played={played}
              ratings={ratings}
              alarms={alarms.byRound.get(played.round) ?? noAlarms}
              verified={facts.verified}
              judges={facts.judges}
              range={facts.range}
              rewardFormula={facts.rewardFormula}
              onSample={selectSample}
            />
          ) : (
            <Loading what={`round ${selected}`} />
          )}
        </>
      )}
      <p class="aside" role="status">
        {(alarms.byRound.get(selected) ?? noAlarms).map(alarmAnnouncement).join(" ")}
      </p>
      {!imitates && (
        <AlarmList dialog={alarmDialog} alarms={alarms.all} watched={facts.watched} onAlarm={selectAlarm} />
      )}
      <KeyBar
        bindings={panelKeys({
          host,
          view,
          change,
          overview,
          place,
          first,
          last,
          queries,
          checkpoints,
          forkFrom,
          otherHeat: imitates ? ratioHeat(queries) : "advantage",
          hasCurriculum: !imitates,
          alarms,
          onAlarm: selectAlarm,
          onAlarms: imitates ? undefined : openAlarms,
        })}
      />
    </main>
  );
}

/** Of a run without iterations: the same list each time, so that nothing is drawn anew. */
const none: readonly IterationStart[] = [];

/** Log-ratios to the reference, where the loss has one. */
function ratioHeat(queries: readonly QueryRecord[]): HeatKind | undefined {
  return queries[0]?.answers[0]?.referenceLogprobs.length ? "ratio" : undefined;
}
