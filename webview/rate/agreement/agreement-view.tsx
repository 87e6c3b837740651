import type { Ref, VNode } from "preact";
import { problemOf } from "../../shared/host.ts";
import { ModelText } from "../../shared/model-text.tsx";
import { counted } from "../../shared/numbers.ts";
import { Failure } from "../../shared/states.tsx";
import { CriteriaKappa } from "./criteria-kappa.tsx";
import { Forest } from "./forest.tsx";
import { flawsOf } from "./health.ts";
import { Raters } from "./raters.tsx";
import type { Refreshed } from "./refresher.ts";
import { Reliability } from "./reliability.tsx";
import type { Agreement } from "./result.ts";
import { leftText, whyNothing } from "./situation.ts";
import type { RunAgreement } from "./use-agreement.ts";

interface AgreementViewProps {
  readonly state: Refreshed<RunAgreement> & { readonly again: () => void };
  /** Whether the run imitates data: then nobody judges. */
  readonly imitates: boolean;
  readonly asTable: boolean;
  readonly toggleTables: () => void;
  /** Counts all ratings or the rater's own; undefined while nobody else has rated. */
  readonly toggleWhose: (() => void) | undefined;
  readonly onlyOwn: boolean;
  readonly section: Ref<HTMLElement>;
}

/** How far judge and people agree so far, with what is known of the certainty of each number. */
export function AgreementView(props: AgreementViewProps): VNode {
  const { state, imitates, asTable, section } = props;
  const { value, error, again } = state;
  return (
    <section class="agreement" ref={section} tabIndex={-1} aria-labelledby="agreement">
      <div class="head">
        <h2 id="agreement">Agreement, judge and people</h2>
        {value && value.agreement.overall.ratings > 0 && <Counts about={value} />}
        {!value && error === undefined && (
          <span class="s dim" role="status">
            computing…
          </span>
        )}
        {value && <Views {...props} />}
      </div>
      {error !== undefined && <Failure problem={problemOf(error)} again={again} />}
      {value && <Numbers about={value} imitates={imitates} asTable={asTable} />}
    </section>
  );
}

/** What else the section can show, for those who point. */
function Views({ state, asTable, toggleTables, toggleWhose, onlyOwn }: AgreementViewProps): VNode {
  const hasNumbers = state.value !== undefined && state.value.agreement.overall.ratings > 0;
  return (
    <span class="views s">
      {toggleWhose && (
        <button type="button" class="link" onClick={toggleWhose}>
          {onlyOwn ? "all ratings" : "only mine"} <kbd>M</kbd>
        </button>
      )}
      {hasNumbers && (
        <button type="button" class="link" onClick={toggleTables}>
          {asTable ? "as charts" : "as tables"} <kbd>T</kbd>
        </button>
      )}
    </span>
  );
}

function Counts({ about: { agreement, only, raters } }: { readonly about: RunAgreement }): VNode {
  const { ratings, queries } = agreement.overall;
  return (
    <span class="s dim">
      95 % bootstrap intervals, {counted(ratings, "blind rating")} of {counted(queries, "query", "queries")},{" "}
      {only === undefined ? (
        counted(raters.length, "rater")
      ) : (
        <>
          only <ModelText text={only} limit={60} />
        </>
      )}
    </span>
  );
}

interface NumbersProps {
  readonly about: RunAgreement;
  readonly imitates: boolean;
  readonly asTable: boolean;
}

function Numbers({ about: { agreement, only }, imitates, asTable }: NumbersProps): VNode {
  const nothing = whyNothing(agreement, { imitates, only });
  const left = leftText(agreement.left);
  return (
    <>
      {!imitates && (
        <p class="s dim compared">
          <ModelText text={agreement.compared} limit={400} />
          {left !== "" && ` Left out: ${left}.`}
        </p>
      )}
      {nothing ? (
        <div class="nothing">
          <b>{nothing.title}.</b> {nothing.text}
        </div>
      ) : (
        <div class="strip">
          <div>
            <Forest agreement={agreement} asTable={asTable} />
          </div>
          <Reliability bins={agreement.reliability} asTable={asTable} />
          <CriteriaKappa criteria={agreement.criteria} asTable={asTable} />
        </div>
      )}
      <div class="below">
        <Raters raters={agreement.raters} />
        <Health health={agreement.health} />
      </div>
    </>
  );
}

/** What goes wrong in judging: it needs no ratings. */
function Health({ health }: Pick<Agreement, "health">): VNode | null {
  if (health.length === 0) return null;
  return (
    <dl class="health s">
      <dt>Flawed judgements</dt>
      {flawsOf(health).map(({ metric, name, share }) => (
        <dd title={metric}>
          <span class="dim">{name}</span> {share}
        </dd>
      ))}
    </dl>
  );
}
