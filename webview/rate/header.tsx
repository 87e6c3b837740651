import type { VNode } from "preact";
import { ModelText } from "../shared/model-text.tsx";
import { count, counted, fixed } from "../shared/numbers.ts";
import { visibleText } from "../shared/visible.ts";
import { type Batch, type NewRating, paceOf } from "./batch.ts";
import type { Waiting } from "./outbox.ts";

interface HeaderProps {
  readonly name: string;
  readonly rater: string;
  /** Everybody who has rated answers of the run. */
  readonly raters: readonly string[];
  readonly batch: Batch | undefined;
  readonly waiting: Waiting<NewRating>;
  /** Ratings of the run that stand. */
  readonly total: number | undefined;
}

/** Who rates what, how far the batch is, and at which pace. Only what the daemon has on disk counts as rated. */
export function Header({ name, rater, raters, batch, waiting, total }: HeaderProps): VNode {
  const pace = batch && paceOf(batch);
  const others = raters.filter((each) => each !== rater);
  return (
    <header class="rate-head">
      <h1>Rate samples</h1>
      <span class="name ell">
        <ModelText text={name} limit={100} />
      </span>
      <span class="dim">
        rater{" "}
        <b>
          <ModelText text={rater} limit={60} />
        </b>
        {others.length > 0 && (
          <span title={`also ${others.map(visibleText).join(", ")}`}>, one of {others.length + 1}</span>
        )}
      </span>
      {batch && batch.samples.length > 0 && <Progress batch={batch} waiting={waiting} />}
      {pace !== undefined && <span class="dim">{fixed(pace, 1)} a minute</span>}
      {total !== undefined && <span class="dim">{count(total)} in all</span>}
    </header>
  );
}

function Progress({ batch, waiting }: { readonly batch: Batch; readonly waiting: Waiting<NewRating> }): VNode {
  const unsaved = new Set(waiting.errands.map(({ id }) => id));
  const steps = batch.samples.map((_, index) => {
    const rating = batch.submitted[index];
    if (!rating) return index === batch.submitted.length ? "current" : "open";
    if (unsaved.has(rating.id)) return "unsaved";
    return rating.score === null ? "skipped" : "rated";
  });
  const of = (what: string): number => steps.filter((step) => step === what).length;
  const words = [
    `of ${batch.samples.length} rated`,
    ...(of("skipped") > 0 ? [`${of("skipped")} skipped`] : []),
    ...(of("unsaved") > 0 ? [`${counted(of("unsaved"), "rating")} not saved yet`] : []),
  ].join(", ");
  return (
    <>
      <div
        class="progress"
        role="progressbar"
        aria-label="Samples of this batch"
        aria-valuemin={0}
        aria-valuemax={batch.samples.length}
        aria-valuenow={of("rated") + of("skipped")}
        aria-valuetext={`${of("rated")} ${words}`}
      >
        {steps.map((step, index) => (
          <i class={index === batch.submitted.length - 1 ? `${step} newest` : step} />
        ))}
      </div>
      <span>
        <b>{of("rated")}</b> {words}
      </span>
    </>
  );
}
