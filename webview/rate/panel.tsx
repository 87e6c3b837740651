import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../shared/answer.ts";
import { isImitation } from "../shared/imitation.ts";
import { KeyBar } from "../shared/key-bar.tsx";
import type { PanelProps } from "../shared/mount.tsx";
import { Failure, Loading } from "../shared/states.tsx";
import { visibleText } from "../shared/visible.ts";
import { AgreementView } from "./agreement/agreement-view.tsx";
import { useAgreement } from "./agreement/use-agreement.ts";
import { currentOf, previousOf } from "./batch.ts";
import { BatchEnd, NothingToRate } from "./ends.tsx";
import { EntryForm } from "./entry-form.tsx";
import { Header } from "./header.tsx";
import { ratingKeys } from "./keys.ts";
import { PreviousSample } from "./previous.tsx";
import { SampleView } from "./sample-view.tsx";
import { UnsavedNote } from "./unsaved.tsx";
import { useJudgement } from "./use-judgement.ts";
import { useSession } from "./use-session.ts";
import { WhySample } from "./why.tsx";

/** Rates samples of a run: one batch after the other, each sample blind. */
export function RatePanel(props: PanelProps<"rate">): VNode {
  // Another input or rater is another session.
  return <RateSamples key={JSON.stringify([props.input, props.settings.rater])} {...props} />;
}

function RateSamples(props: PanelProps<"rate">): VNode {
  const { host, connection, input, settings } = props;
  const session = useSession(props);
  const { batch, waiting } = session;
  const details = useAnswer(host, connection, "sparring/run/get", { run: input.run }).value;
  const about = details?.overview;
  useEffect(() => host.setTitle(`Rate: ${visibleText(input.run)}`), [host, input.run]);

  const previous = batch && previousOf(batch);
  const isSaved =
    previous !== undefined && !previous.isLost && !waiting.errands.some((errand) => errand.id === previous.rating.id);
  const revealed = useJudgement(host, connection, input.run, isSaved ? previous.rating : undefined);
  const { reveal } = session;
  const isShown = revealed.judgement !== undefined;
  // Told once, before the judge's scores come on the screen: no key is quicker.
  useLayoutEffect(() => {
    if (isShown) reveal();
  }, [isShown, previous?.rating.id]);

  const answer = useRef<HTMLElement>(null);
  const [onlyOwn, setOnlyOwn] = useState(false);
  const [asTable, setAsTable] = useState(false);
  const agreement = useAgreement(host, connection, input.run, onlyOwn ? settings.rater : undefined);
  const agreementSection = useRef<HTMLElement>(null);
  const raters = agreement.value?.raters ?? [];
  const hasOthers = raters.some((rater) => rater !== settings.rater);
  const [isNoteOpen, setNoteOpen] = useState(false);
  const current = batch && currentOf(batch);
  const at = batch?.submitted.length;
  // A new sample begins at its first line, with its note closed.
  useEffect(() => {
    setNoteOpen(false);
    answer.current?.scrollTo(0, 0);
  }, [at]);

  const shown = { asTable, onlyOwn };
  const toggleTables = (): void => setAsTable(!asTable);
  const toggleWhose = hasOthers || onlyOwn ? () => setOnlyOwn(!onlyOwn) : undefined;
  const bindings = ratingKeys(session, current !== undefined, shown, {
    note: () => setNoteOpen(true),
    scroll: (pages) => answer.current?.scrollBy(0, pages * answer.current.clientHeight * 0.9),
    agreement: () => {
      agreementSection.current?.focus({ preventScroll: true });
      agreementSection.current?.scrollIntoView();
    },
    tables: toggleTables,
    whose: toggleWhose,
  });
  return (
    <div class="rate">
      <Header
        name={input.run}
        rater={settings.rater}
        raters={raters}
        batch={batch}
        waiting={waiting}
        total={session.total ?? about?.ratings}
      />
      <main class="work">
        <UnsavedNote waiting={waiting} retry={session.retry} giveUp={session.giveUp} />
        {session.problem && <Failure problem={session.problem} again={session.nextBatch} />}
        {!batch && !session.problem && <Loading what="samples" />}
        {batch && (
          <div class="two">
            {current ? (
              <section aria-label="Sample to rate">
                <SampleView current={current} number={batch.submitted.length + 1} answerBox={answer} />
                <EntryForm
                  key={batch.submitted.length}
                  entry={current.entry}
                  session={session}
                  isNoteOpen={isNoteOpen || current.entry.note !== ""}
                  focusNote={isNoteOpen}
                  closeNote={() => setNoteOpen(false)}
                  openNote={() => setNoteOpen(true)}
                />
              </section>
            ) : batch.samples.length > 0 ? (
              <BatchEnd batch={batch} session={session} run={input.run} host={host} />
            ) : (
              <NothingToRate about={about} rater={settings.rater} session={session} host={host} run={input.run} />
            )}
            {previous && (
              <PreviousSample
                previous={previous}
                number={batch.submitted.length}
                isSaved={isSaved}
                revealed={revealed}
                reliability={agreement.value?.agreement.reliability ?? []}
              />
            )}
          </div>
        )}
        {current && <WhySample sample={current.sample} number={batch.submitted.length + 1} />}
        <AgreementView
          state={agreement}
          imitates={details !== undefined && isImitation(details)}
          asTable={asTable}
          onlyOwn={onlyOwn}
          toggleTables={toggleTables}
          toggleWhose={toggleWhose}
          section={agreementSection}
        />
      </main>
      <KeyBar bindings={bindings} />
    </div>
  );
}
