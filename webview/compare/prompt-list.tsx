import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { ScoredAnswer } from "../../daemon/protocol.ts";
import { ModelText } from "../shared/model-text.tsx";
import { fixed } from "../shared/numbers.ts";
import { goTo, isEqual, isOpen, isPromptSwapped, type Judging } from "./judging.ts";
import { type Verdict, verdictOf } from "./sides.ts";
import type { Comparison } from "./use-comparison.ts";
import { type CompareJudges, Why } from "./why.tsx";

interface PromptListProps {
  readonly judging: Judging;
  readonly comparison: Comparison;
  readonly judges: CompareJudges;
  readonly rater: string;
  readonly diff: () => void;
}

/** All prompts with both answers side by side; the open one in full, with what can be said about it. */
export function PromptList(props: PromptListProps): VNode {
  const { judging, comparison } = props;
  const list = useRef<HTMLOListElement>(null);
  const { at } = judging;
  // The open prompt is in sight.
  useEffect(() => list.current?.children[at]?.scrollIntoView({ block: "nearest" }), [at]);
  return (
    <main class="compare-work">
      <p class="s dim columns">
        <span>prompt</span>
        <span>left</span>
        <span>right</span>
      </p>
      <ol class="prompts" ref={list}>
        {judging.result.prompts.map((_, index) =>
          index === at ? (
            <OpenPrompt key={index} {...props} />
          ) : (
            <ClosedPrompt
              key={index}
              judging={judging}
              index={index}
              open={() => comparison.judge((now) => goTo(now, index))}
            />
          ),
        )}
      </ol>
    </main>
  );
}

/** A prompt's two answers as they stand on the screen, and what a person said about them. */
interface Shown {
  readonly left: ScoredAnswer;
  readonly right: ScoredAnswer;
  /** Whose they are, where that may be seen. */
  readonly names: readonly [string, string] | undefined;
  readonly verdict: Verdict | undefined;
  readonly equal: boolean;
}

function shownOf(judging: Judging, index: number): Shown {
  const { result, picks } = judging;
  const isSwapped = isPromptSwapped(judging, index);
  const [first, second] = result.prompts[index]!.answers as [ScoredAnswer, ScoredAnswer];
  const [a, b] = result.weights as [string, string];
  const made = picks[index];
  return {
    left: isSwapped ? second : first,
    right: isSwapped ? first : second,
    names: isOpen(judging, index) ? (isSwapped ? [b, a] : [a, b]) : undefined,
    verdict: made && verdictOf(made.choice, isSwapped),
    equal: isEqual(result, index),
  };
}

interface ClosedPromptProps {
  readonly judging: Judging;
  readonly index: number;
  readonly open: () => void;
}

function ClosedPrompt({ judging, index, open }: ClosedPromptProps): VNode {
  const { left, right, names, verdict, equal } = shownOf(judging, index);
  const mark = (hand: Verdict): string => (verdict === hand ? "brief chosen" : "brief");
  return (
    <li>
      <button type="button" class="bare prompt-row" onMouseDown={(event) => event.preventDefault()} onClick={open}>
        <span class="nr dim">{index + 1}</span>
        <span>
          <span class="brief">
            <ModelText text={judging.result.prompts[index]!.text} limit={300} />
          </span>
          <Outcome verdict={verdict} equal={equal} names={names} />
        </span>
        <span class={mark("left")}>
          <Brief answer={left} />
        </span>
        <span class={mark("right")}>
          <Brief answer={right} />
        </span>
      </button>
    </li>
  );
}

function Brief({ answer: { text } }: { readonly answer: ScoredAnswer }): VNode {
  return text === "" ? <i class="dim">empty</i> : <ModelText text={text} limit={300} />;
}

function Outcome({ verdict, equal, names }: Pick<Shown, "verdict" | "equal" | "names">): VNode | null {
  if (equal) return <span class="s dim outcome">equal answers</span>;
  if (verdict === undefined) return null;
  const winner = verdict === "left" ? names?.[0] : names?.[1];
  return (
    <span class="s outcome">
      {verdict === "tie"
        ? "tie"
        : winner && (
            <>
              won by <ModelText text={winner} limit={60} />
            </>
          )}
    </span>
  );
}

function OpenPrompt({ judging, comparison, judges, rater, diff }: PromptListProps): VNode {
  const { at, result } = judging;
  const prompt = result.prompts[at]!;
  const { left, right, names, verdict, equal } = shownOf(judging, at);
  const made = judging.picks[at];
  const isSaving = made !== undefined && comparison.waiting.errands.some(({ id }) => id === made.id);
  return (
    <li class="open-prompt" aria-current="true">
      <div class="prompt-text">
        <span class="nr dim">{at + 1}</span>
        <div>
          <ModelText text={prompt.text} lines showAll limit={2000} />
          {prompt.expected !== undefined && names && (
            <div class="s dim">
              the verifier expects <ModelText text={prompt.expected} limit={200} />
            </div>
          )}
        </div>
        <span class="s dim">
          {equal
            ? "equal answers: there is nothing to pick"
            : verdict !== undefined
              ? `${verdict === "tie" ? "tie" : `${verdict} is better`}, says ${rater}${isSaving ? " (saving…)" : ""}`
              : names
                ? ""
                : "blind: whose they are shows after your pick"}
        </span>
      </div>
      <div class="answers">
        <Answer hand="left" answer={left} group={prompt.answers} judges={judges} name={names?.[0]} verdict={verdict} />
        <Answer
          hand="right"
          answer={right}
          group={prompt.answers}
          judges={judges}
          name={names?.[1]}
          verdict={verdict}
        />
      </div>
      <div class="actions verdicts">
        <Say verdict="left" cap="←" words="Left is better" current={verdict} disabled={equal} comparison={comparison} />
        <Say verdict="tie" cap="↓" words="Tie" current={verdict} disabled={equal} comparison={comparison} />
        <Say
          verdict="right"
          cap="→"
          words="Right is better"
          current={verdict}
          disabled={equal}
          comparison={comparison}
        />
        <button type="button" class="apart" disabled={judging.order.length === 0} onClick={comparison.unpick}>
          Undo <kbd>U</kbd>
        </button>
        <button type="button" disabled={equal} onClick={diff}>
          Difference <kbd>D</kbd>
        </button>
      </div>
    </li>
  );
}

interface SayProps {
  readonly verdict: Verdict;
  readonly cap: string;
  readonly words: string;
  readonly current: Verdict | undefined;
  readonly disabled: boolean;
  readonly comparison: Comparison;
}

function Say({ verdict, cap, words, current, disabled, comparison }: SayProps): VNode {
  return (
    <button
      type="button"
      aria-pressed={current === verdict}
      disabled={disabled || current !== undefined}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => comparison.pick(verdict)}
    >
      {words} <kbd>{cap}</kbd>
    </button>
  );
}

interface AnswerProps {
  readonly hand: "left" | "right";
  readonly answer: ScoredAnswer;
  /** Both sides' answers. */
  readonly group: readonly ScoredAnswer[];
  readonly judges: CompareJudges;
  /** Undefined while nothing may be seen but the text. */
  readonly name: string | undefined;
  readonly verdict: Verdict | undefined;
}

/** An answer in full; whose it is and its scores where they may be seen. */
function Answer({ hand, answer, group, judges, name, verdict }: AnswerProps): VNode {
  const { text, stop, reward, selfReward, logprob, unscored } = answer;
  return (
    <section class={verdict === hand ? "full-answer chosen" : "full-answer"} aria-label={`Answer on the ${hand}`}>
      <h2 class="s">
        {name === undefined ? <span class="dim">{hand}</span> : <ModelText text={name} limit={100} />}
        {stop === "length" && <span class="warn"> · cut off at the token limit</span>}
      </h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer scrolls, which the keyboard must reach */}
      <div class="text" tabIndex={0}>
        {text === "" ? <i class="dim">empty</i> : <ModelText text={text} lines showAll limit={6000} />}
      </div>
      {name !== undefined && (
        <p class="s dim">
          R {fixed(reward)} · R<sub>Q</sub> {fixed(selfReward, 1)} · log-probability {fixed(logprob, 1)} nat
          {unscored !== undefined && (
            <>
              {" "}
              · not scored: <ModelText text={unscored} limit={200} />
            </>
          )}
        </p>
      )}
      {name !== undefined && <Why answer={answer} group={group} judges={judges} />}
    </section>
  );
}
