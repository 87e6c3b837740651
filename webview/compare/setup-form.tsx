import type { Ref, VNode } from "preact";
import type { RunOverview } from "../../daemon/protocol.ts";
import { useAnswer } from "../shared/answer.ts";
import type { Connection } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import { ModelText } from "../shared/model-text.tsx";
import { visibleText } from "../shared/visible.ts";
import type { Setup, Source } from "./setup.ts";
import { nameOf, type Side, type Sides } from "./sides.ts";
import type { Comparison } from "./use-comparison.ts";

interface SetupFormProps {
  readonly host: Host;
  readonly connection: Connection;
  readonly comparison: Comparison;
  readonly form: Ref<HTMLFormElement>;
  /** Otherwise one line says what is compared. */
  readonly isEditing: boolean;
  readonly edit: () => void;
}

/** What is to be compared, and the button that starts it. */
export function SetupForm({ host, connection, comparison, form, isEditing, edit }: SetupFormProps): VNode {
  const { setup, request, progress, change, start } = comparison;
  const runs = useAnswer(host, connection, "sparring/run/list", { limit: 1000 }).value?.runs ?? [];
  const setSide = (index: 0 | 1, side: Side): void =>
    change({ sides: (index === 0 ? [side, setup.sides[1]] : [setup.sides[0], side]) as Sides });
  if (!isEditing && !progress) return <Summary comparison={comparison} edit={edit} />;
  const wrong = "problem" in request ? request : undefined;
  return (
    <form
      class="setup"
      ref={form}
      aria-label="What to compare"
      onSubmit={(event) => {
        event.preventDefault();
        start();
      }}
    >
      <fieldset class="row" disabled={progress !== undefined}>
        <SideFields
          title="First"
          side={setup.sides[0]}
          runs={runs}
          set={(side) => setSide(0, side)}
          {...{ host, connection }}
        />
        <span class="against dim">against</span>
        <SideFields
          title="Second"
          side={setup.sides[1]}
          runs={runs}
          set={(side) => setSide(1, side)}
          {...{ host, connection }}
        />
      </fieldset>
      <fieldset class="row" disabled={progress !== undefined}>
        <PromptFields setup={setup} change={change} />
        <Field label="seed" value={setup.seed} size={5} set={(seed) => change({ seed })} />
        <Field label="temperature" value={setup.temperature} size={4} set={(temperature) => change({ temperature })} />
        <label class="check">
          <input
            type="checkbox"
            checked={setup.blind}
            onChange={({ currentTarget }) => change({ blind: currentTarget.checked })}
          />{" "}
          blind
        </label>
      </fieldset>
      <div class="row">
        <Start comparison={comparison} wrong={wrong?.problem} />
      </div>
    </form>
  );
}

/** The button, or how far the comparison is. */
function Start({ comparison, wrong }: { readonly comparison: Comparison; readonly wrong: string | undefined }): VNode {
  const { progress, cancel } = comparison;
  if (!progress) {
    return (
      <>
        <button type="submit" class="primary" disabled={wrong !== undefined}>
          Compare <kbd>Enter</kbd>
        </button>
        {wrong !== undefined && (
          <span class="warn" role="status">
            {wrong}
          </span>
        )}
      </>
    );
  }
  const { what, done, total } = progress;
  return (
    <>
      <button type="button" onClick={cancel}>
        Cancel <kbd>Esc</kbd>
      </button>
      <progress aria-label="Comparison" {...(total > 0 && { value: done, max: total })} />
      <span class="dim" role="status">
        {what}
        {total > 0 && `, ${done} of ${total}`}
      </span>
    </>
  );
}

function Summary({ comparison, edit }: { readonly comparison: Comparison; readonly edit: () => void }): VNode {
  const { judging, setup } = comparison;
  const { sides, seed, temperature, blind } = judging?.setup ?? setup;
  const weights = judging?.result.weights ?? sides.map(nameOf);
  return (
    <section class="setup-line" aria-label="What is compared">
      <span class="ell">
        <b>
          <ModelText text={weights[0]!} limit={100} />
        </b>{" "}
        <span class="dim">against</span>{" "}
        <b>
          <ModelText text={weights[1]!} limit={100} />
        </b>
      </span>
      <span class="dim">
        {promptWords(judging?.setup ?? setup)} · seed {seed} · temperature {temperature} ·{" "}
        {blind ? "blind" : "not blind"}
      </span>
      <button type="button" onClick={edit}>
        Change… <kbd>E</kbd>
      </button>
    </section>
  );
}

function promptWords({ source, heldOut, round, queries }: Setup): string {
  if (source === "heldOut") return `first ${heldOut} held-out tasks`;
  return source === "round" ? `queries ${queries} of round ${round}` : "own prompts";
}

interface SideFieldsProps {
  readonly title: string;
  readonly side: Side;
  readonly runs: readonly RunOverview[];
  readonly set: (side: Side) => void;
  readonly host: Host;
  readonly connection: Connection;
}

/** A run and which of its weights. */
function SideFields({ title, side, runs, set, host, connection }: SideFieldsProps): VNode {
  const checkpoints =
    useAnswer(host, connection, "sparring/checkpoint/list", { run: side.run }).value?.checkpoints ?? [];
  const chosen = typeof side.weights === "object" ? side.weights.checkpoint : undefined;
  const rounds = [...new Set([...checkpoints.map(({ round }) => round), ...(chosen === undefined ? [] : [chosen])])];
  const known = runs.some(({ id }) => id === side.run);
  return (
    <span class="side">
      <label>
        {title}{" "}
        <select
          value={side.run}
          onChange={({ currentTarget }) => set({ run: currentTarget.value, weights: "current" })}
        >
          {!known && <option value={side.run}>{side.run}</option>}
          {runs.map(({ id }) => (
            <option key={id} value={id}>
              {visibleText(id)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="aside">{title}: weights</span>
        <select
          value={chosen === undefined ? String(side.weights) : `at ${chosen}`}
          onChange={({ currentTarget: { value } }) =>
            set({
              run: side.run,
              weights: value.startsWith("at ") ? { checkpoint: Number(value.slice(3)) } : (value as "current"),
            })
          }
        >
          <option value="current">newest weights</option>
          {rounds
            .sort((a, b) => b - a)
            .map((round) => (
              <option key={round} value={`at ${round}`}>
                checkpoint, round {round}
              </option>
            ))}
          <option value="reference">reference (before training)</option>
        </select>
      </label>
    </span>
  );
}

interface PromptFieldsProps {
  readonly setup: Setup;
  readonly change: (change: Partial<Setup>) => void;
}

const sources: readonly (readonly [Source, string])[] = [
  ["heldOut", "held-out tasks"],
  ["round", "queries of a round"],
  ["texts", "own prompts"],
];

/** Where the prompts come from. */
function PromptFields({ setup, change }: PromptFieldsProps): VNode {
  return (
    <>
      <label>
        Prompts{" "}
        <select
          value={setup.source}
          onChange={({ currentTarget }) => change({ source: currentTarget.value as Source })}
        >
          {sources.map(([source, words]) => (
            <option key={source} value={source}>
              {words}
            </option>
          ))}
        </select>
      </label>
      {setup.source === "heldOut" && (
        <Field label="the first" value={setup.heldOut} size={3} set={(heldOut) => change({ heldOut })} />
      )}
      {setup.source === "round" && (
        <>
          <Field label="round" value={setup.round} size={6} set={(round) => change({ round })} />
          <Field label="queries" value={setup.queries} size={12} set={(queries) => change({ queries })} />
        </>
      )}
      {setup.source === "texts" && (
        <label class="texts">
          an empty line between two{" "}
          <textarea
            rows={3}
            value={setup.texts}
            onInput={({ currentTarget }) => change({ texts: currentTarget.value })}
          />
        </label>
      )}
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  /** Width in characters. */
  readonly size: number;
  readonly set: (value: string) => void;
}

function Field({ label, value, size, set }: FieldProps): VNode {
  return (
    <label>
      {label} <input type="text" size={size} value={value} onInput={({ currentTarget }) => set(currentTarget.value)} />
    </label>
  );
}
