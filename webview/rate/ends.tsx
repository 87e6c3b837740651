import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import type { RunOverview } from "../../daemon/protocol.ts";
import type { Host } from "../shared/messages.ts";
import { ModelText } from "../shared/model-text.tsx";
import { counted } from "../shared/numbers.ts";
import { Empty } from "../shared/states.tsx";
import type { Batch } from "./batch.ts";
import type { Session } from "./use-session.ts";

interface EndProps {
  readonly session: Session;
  readonly host: Host;
  readonly run: string;
}

/** The end of a batch. */
export function BatchEnd({ batch, session, host, run }: EndProps & { readonly batch: Batch }): VNode {
  const unsaved = session.waiting.errands.length;
  const skipped = batch.submitted.filter(({ score }) => score === null).length;
  return (
    <section aria-label="End of the batch">
      <div class="head">
        <h2>Batch done</h2>
        <span class="s dim">
          {counted(batch.samples.length - skipped, "sample")} rated, {skipped} skipped
        </span>
      </div>
      <div class="actions">
        <button type="button" class="primary" disabled={unsaved > 0} onClick={session.nextBatch}>
          Next batch <kbd>Enter</kbd>
        </button>
        <button type="button" onClick={session.undo}>
          Undo sample {batch.submitted.length} <kbd>U</kbd>
        </button>
        <button type="button" onClick={() => host.run("sparring.exportRatings", { run })}>
          Export ratings…
        </button>
      </div>
      {unsaved > 0 && (
        <p class="s dim" role="status">
          The next batch comes when {counted(unsaved, "rating")} more is saved.
        </p>
      )}
    </section>
  );
}

/** No sample is left for this rater, or none was played yet. Looks again when a round is finished. */
export function NothingToRate({
  about,
  rater,
  session,
  host,
  run,
}: EndProps & { readonly about: RunOverview | undefined; readonly rater: string }): VNode {
  const { nextBatch } = session;
  useEffect(() => {
    host.watch(run);
    let finished: number | null | undefined;
    const stop = host.on("sparring/round/progress", (progress) => {
      if (progress.run !== run) return;
      if (finished !== undefined && progress.finished !== finished) nextBatch();
      finished = progress.finished;
    });
    return () => {
      stop();
      host.watch(undefined);
    };
  }, [host, run, nextBatch]);
  const isNew = (about?.ratings ?? 0) === 0;
  return (
    <section aria-label="Nothing to rate">
      <Empty title={isNew ? "Nothing to rate yet" : "Everything is rated"}>
        <p>
          {isNew ? (
            "This run has no answers yet. Samples come with its first finished round, and show here by themselves."
          ) : (
            <>
              <ModelText text={rater} limit={60} /> has rated every answer of this run. New ones come with its next
              round; another rater is set by <code>sparring.rater</code>.
            </>
          )}
        </p>
        <div class="actions">
          <button type="button" class="primary" onClick={nextBatch}>
            Look again <kbd>Enter</kbd>
          </button>
          <button type="button" onClick={() => host.run("sparring.openRounds", { run })}>
            Open rounds
          </button>
          {!isNew && (
            <button type="button" onClick={() => host.run("sparring.exportRatings", { run })}>
              Export ratings…
            </button>
          )}
        </div>
      </Empty>
    </section>
  );
}
