import type { Ref, VNode } from "preact";
import { ModelText } from "../shared/model-text.tsx";
import { counted } from "../shared/numbers.ts";
import type { Current } from "./batch.ts";

interface SampleViewProps {
  readonly current: Current;
  /** In its batch, from 1. */
  readonly number: number;
  readonly answerBox: Ref<HTMLElement>;
}

/** The query and the answer to rate. Where they come from stays hidden too: late rounds would be judged kinder. */
export function SampleView({ current: { sample, blind }, number, answerBox }: SampleViewProps): VNode {
  const { queryText, answerText, tokens, stop } = sample;
  return (
    <>
      <div class="head">
        <h2>Sample {number}</h2>
        <span class="s dim">
          {blind
            ? "scores and round are hidden until you submit"
            : "not blind: you may have seen the judge's scores, and the rating says so"}
        </span>
      </div>
      <h3 class="label">Query</h3>
      <p class="query">
        <ModelText text={queryText} lines showAll limit={1500} />
      </p>
      <h3 class="label">
        Answer, {counted(tokens, "token")}
        {stop === "length" && <span class="warn"> · cut off at the token limit</span>}
      </h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer scrolls, which the keyboard must reach */}
      <section class="answer" ref={answerBox} tabIndex={0} aria-label="Answer">
        {answerText === "" ? <i class="dim">empty</i> : <ModelText text={answerText} lines showAll limit={6000} />}
      </section>
    </>
  );
}
