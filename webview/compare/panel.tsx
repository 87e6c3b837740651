import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { UnsavedNote } from "../rate/unsaved.tsx";
import { useAnswer } from "../shared/answer.ts";
import { KeyBar } from "../shared/key-bar.tsx";
import type { PanelProps } from "../shared/mount.tsx";
import { Failure } from "../shared/states.tsx";
import { visibleText } from "../shared/visible.ts";
import { isOpen, isPromptSwapped } from "./judging.ts";
import { compareKeys } from "./keys.ts";
import { PromptList } from "./prompt-list.tsx";
import { SetupForm } from "./setup-form.tsx";
import { TallyView } from "./tally-view.tsx";
import { useComparison } from "./use-comparison.ts";

/** Two weights on the same prompts with the same noise, side by side; a person picks the better answers. */
export function ComparePanel(props: PanelProps<"compare">): VNode {
  // Another input is another comparison.
  return <CompareWeights key={JSON.stringify(props.input)} {...props} />;
}

function CompareWeights(props: PanelProps<"compare">): VNode {
  const { host, connection, settings } = props;
  const comparison = useComparison(props);
  const { judging, progress, problem, setup } = comparison;
  const [first, second] = setup.sides;
  useEffect(() => host.setTitle(`Compare: ${first.run} and ${second.run}`), [host, first.run, second.run]);

  const form = useRef<HTMLFormElement>(null);
  const [isEditing, setEditing] = useState(judging === undefined);
  // Answers have come: the form makes room for them.
  useEffect(() => setEditing(judging === undefined), [judging?.result]);
  const listed = useAnswer(host, connection, "sparring/comparison/list", { run: first.run });
  const { again } = listed;
  const scoredBy = judging && { run: judging.setup.sides[0].run };
  const judges = useAnswer(host, connection, "sparring/run/get", scoredBy).value?.record?.judges;
  useEffect(() => {
    if (comparison.saved > 0) again();
  }, [comparison.saved, again]);

  const diff = (): void => {
    const prompt = judging?.result.prompts[judging.at];
    if (!judging || !prompt) return;
    const isSwapped = isPromptSwapped(judging, judging.at);
    const [left, right] = isSwapped ? prompt.answers.toReversed() : prompt.answers;
    const weights = isSwapped ? judging.result.weights.toReversed() : judging.result.weights;
    const names = isOpen(judging, judging.at) ? weights.map(visibleText) : ["left", "right"];
    const title = `Prompt ${judging.at + 1}: ${names[0]} ↔ ${names[1]}`;
    host.run("sparring.diffTexts", { title, left: left!.text, right: right!.text });
  };
  const editSetup = (): void => {
    setEditing(true);
    requestAnimationFrame(() => form.current?.querySelector("select")?.focus());
  };
  return (
    <div class="compare">
      <header class="compare-head">
        <h1>Compare</h1>
        <span class="dim">the same prompts, the same noise; what differs is the weights</span>
        {judging && <TallyView judging={judging} listed={listed.value?.picks ?? []} />}
      </header>
      <SetupForm
        host={host}
        connection={connection}
        comparison={comparison}
        form={form}
        isEditing={isEditing}
        edit={editSetup}
      />
      <UnsavedNote waiting={comparison.waiting} retry={comparison.retry} giveUp={comparison.giveUp} />
      {problem && <Failure problem={problem} again={comparison.start} />}
      {judging ? (
        <PromptList judging={judging} comparison={comparison} judges={judges} rater={settings.rater} diff={diff} />
      ) : (
        <main class="compare-work">
          {!problem && !progress && (
            <div class="state-note dim">
              <p>
                Both sides answer each prompt with the same random numbers, between two steps of training. Blind, the
                answers change sides from prompt to prompt, and scores show after your pick.
              </p>
            </div>
          )}
        </main>
      )}
      <KeyBar bindings={compareKeys(comparison, diff, editSetup)} />
    </div>
  );
}
