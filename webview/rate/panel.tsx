import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../shared/answer.ts";
import { KeyBar } from "../shared/key-bar.tsx";
import type { PanelProps } from "../shared/mount.tsx";
import { Failure, Loading } from "../shared/states.tsx";
import { visibleText } from "../shared/visible.ts";
import { AgreementView } from "./agreement-view.tsx";
import { currentOf, previousOf } from "./batch.ts";
import { BatchEnd, NothingToRate } from "./ends.tsx";
import { EntryForm } from "./entry-form.tsx";
import { Header } from "./header.tsx";
import { ratingKeys } from "./keys.ts";
import { PreviousSample } from "./previous.tsx";
import { SampleView } from "./sample-view.tsx";
import { UnsavedNote } from "./unsaved.tsx";
import { useJudgements } from "./use-judgements.ts";
import { useSession } from "./use-session.ts";

/** Rates samples of a run: one batch after the other, each sample blind. */
export function RatePanel(props: PanelProps<"rate">): VNode {
  // Another input or rater is another session.
  return <RateSamples key={JSON.stringify([props.input, props.settings.rater])} {...props} />;
}

function RateSamples(props: PanelProps<"rate">): VNode {
  const { host, connection, input, settings } = props;
  const session = useSession(props);
  const { batch, waiting } = session;
  const about = useAnswer(host, connection, "sparring/run/get", { run: input.run }).value?.overview;
  useEffect(() => host.setTitle(`Rate: ${visibleText(input.run)}`), [host, input.run]);

  const previous = batch && previousOf(batch);
  const isSaved = previous !== undefined && !waiting.errands.some((errand) => errand.id === previous.rating.id);
  const judged = useJudgements(host, connection, input.run, isSaved ? previous : undefined);
  const { reveal } = session;
  const isShown = judged.previous !== undefined;
  // Told once, when the judge's scores come on the screen.
  useEffect(() => {
    if (isShown) reveal();
  }, [isShown, previous?.rating.id]);

  const answer = useRef<HTMLElement>(null);
  const agreement = useRef<HTMLElement>(null);
  const [isNoteOpen, setNoteOpen] = useState(false);
  const current = batch && currentOf(batch);
  const at = batch?.submitted.length;
  // A new sample begins at its first line, with its note closed.
  useEffect(() => {
    setNoteOpen(false);
    answer.current?.scrollTo(0, 0);
  }, [at]);

  const bindings = ratingKeys(session, current !== undefined, {
    note: () => setNoteOpen(true),
    scroll: (pages) => answer.current?.scrollBy(0, pages * answer.current.clientHeight * 0.9),
    agreement: () => agreement.current?.scrollIntoView(),
  });
  return (
    <div class="rate">
      <Header
        name={input.run}
        rater={settings.rater}
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
                judgement={judged.previous}
              />
            )}
          </div>
        )}
        <AgreementView judged={judged} rater={settings.rater} section={agreement} />
      </main>
      <KeyBar bindings={bindings} />
    </div>
  );
}
