import type { VNode } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { useAnswer } from "../shared/answer.ts";
import { KeyBar } from "../shared/key-bar.tsx";
import type { PanelProps } from "../shared/mount.tsx";
import { plain } from "../shared/numbers.ts";
import { Empty, Failure, Loading } from "../shared/states.tsx";
import type { HeatKind } from "./answers/heat.ts";
import { chartMetrics, chartSpecs } from "./charts/chart-specs.ts";
import { Charts } from "./charts/charts.tsx";
import { imitationMetrics, imitationSpecs } from "./charts/imitation-specs.ts";
import { spreadRounds } from "./curriculum/columns.ts";
import { Curriculum } from "./curriculum/curriculum.tsx";
import { type IterationStart, iterationAt, iterationMetrics, iterationStarts } from "./data/iterations.ts";
import type { QueryRecord, RunDetails } from "./data/records.ts";
import { useForks } from "./data/use-forks.ts";
import { useRatings } from "./data/use-ratings.ts";
import { useRounds } from "./data/use-round.ts";
import { useRun } from "./data/use-run.ts";
import { useSeries } from "./data/use-series.ts";
import { isImitation, numberSetting, textSetting } from "./header/facts.ts";
import { Header } from "./header/header.tsx";
import { worstFirst } from "./pairs/pair-order.ts";
import { PairRound } from "./pairs/pair-round.tsx";
import { panelKeys } from "./panel-keys.ts";
import { hardestFirst } from "./queries/query-order.ts";
import { RoundView } from "./round-view.tsx";
import { Timeline } from "./timeline/timeline.tsx";
import { initialView, restoredView, type ViewState } from "./view-state.ts";

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
  const specs = useMemo(
    () => (imitates ? imitationSpecs(series) : chartSpecs(answerLimit)),
    [imitates, imitates && series, answerLimit],
  );
  const iterations = useMemo(() => (imitates ? iterationStarts(series) : none), [imitates, imitates && series]);
  const rewardFormula = useMemo(() => details && formulaOf(details), [details]);
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
  const chooseCurriculum = useCallback((curriculum: readonly number[]) => change({ curriculum }), [change]);
  const firstPlayed = Math.min(last, Math.max(1, first));
  const curriculum = useMemo(
    () => view.curriculum ?? spreadRounds(firstPlayed, last, curriculumColumns),
    [view.curriculum, firstPlayed, last],
  );

  if (followed.details.problem && !details) {
    return <Failure problem={followed.details.problem} again={followed.details.again} />;
  }
  if (!details || !overview || !loaded) return <Loading what={`run ${run}`} />;
  const isLive = overview.state === "running" || overview.state === "paused" || overview.state === "starting";
  const place = { run, round: selected, query: query?.index, answer };
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
            ratings={ratings}
            selected={selected}
            asTable={view.asTable}
            onSelect={selectRound}
          />
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
            <PairRound
              host={host}
              connection={connection}
              run={run}
              played={played}
              queries={queries}
              query={query}
              answer={answer}
              isOpen={view.isOpen}
              heat={view.heat}
              answerLimit={answerLimit ?? 256}
              onQuery={selectQuery}
              onAnswer={selectAnswer}
            />
          ) : played ? (
            <RoundView
              host={host}
              connection={connection}
              run={run}
              played={played}
              queries={queries}
              query={query}
              answer={answer}
              isOpen={view.isOpen}
              heat={view.heat}
              ratings={ratings}
              verified={textSetting(details.config, "judge.reward.kind") === "verifier"}
              rewardFormula={rewardFormula!}
              answerLimit={answerLimit ?? 256}
              onQuery={selectQuery}
              onAnswer={selectAnswer}
            />
          ) : (
            <Loading what={`round ${selected}`} />
          )}
        </>
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
        })}
      />
    </main>
  );
}

/** Of a run without iterations: the same list each time, so that nothing is drawn anew. */
const none: readonly IterationStart[] = [];

/** The view's state: as the panel was opened, or as it was left. */
function useView(
  host: PanelProps<"rounds">["host"],
  input: PanelProps<"rounds">["input"],
): [ViewState, (next: (former: ViewState) => ViewState) => void] {
  const [view, setView] = useState<ViewState>(
    () =>
      (input.round === undefined ? restoredView(host.state.get(), input.run) : undefined) ??
      initialView(input.run, input.round, input.query),
  );
  // The editor may show another run or round in the same panel.
  const [opened, setOpened] = useState(input);
  if (opened !== input) {
    setOpened(input);
    setView(
      view.run === input.run
        ? { ...view, round: input.round ?? view.round, query: input.query ?? view.query }
        : initialView(input.run, input.round, input.query),
    );
  }
  useEffect(() => host.state.set(view), [host, view]);
  return [view, setView];
}

/** Rounds with a checkpoint; asked for again when the run has passed one that is due. */
function useCheckpoints(
  host: PanelProps<"rounds">["host"],
  connection: PanelProps<"rounds">["connection"],
  run: string,
  finished: number | null,
  details: RunDetails | undefined,
): readonly number[] {
  const every = (details && numberSetting(details.config, "checkpoints.every")) ?? 1;
  const due = Math.floor((finished ?? 0) / every);
  const { value, again } = useAnswer(host, connection, "sparring/checkpoint/list", { run });
  useEffect(() => {
    if (due > 0) again();
  }, [due, details?.overview.state, again]);
  return useMemo(() => value?.checkpoints.map(({ round }) => round) ?? [], [value]);
}

/** Log-ratios to the reference, where the loss has one. */
function ratioHeat(queries: readonly QueryRecord[]): HeatKind | undefined {
  return queries[0]?.answers[0]?.referenceLogprobs.length ? "ratio" : undefined;
}

/** What the advantages are made of, as the legend says it. */
function formulaOf({ config, overview }: RunDetails): VNode {
  const scale = numberSetting(config, "judge.self_reward.scale") ?? 1;
  return overview.algorithm === "lsp" ? (
    <>
      A = r − group mean, r = R + {scale === 1 ? "" : `${plain(scale)} `}R<sub>Q</sub>
    </>
  ) : (
    <>A = R − group mean</>
  );
}
