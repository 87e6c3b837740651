import type { VNode } from "preact";
import { type Tally, winRate } from "../../daemon/interval.ts";
import type { Pick } from "../../daemon/protocol.ts";
import { counted, fixed, percent } from "../shared/numbers.ts";
import { isEqual, type Judging } from "./judging.ts";
import { choicesBetween, tallyOf } from "./tally.ts";

/** Below so many picks a rate says little: the count is shown instead. */
const fewestPicks = 10;

interface TallyViewProps {
  readonly judging: Judging;
  /** All picks of the first side's run. */
  readonly listed: readonly Pick[];
}

/** How the picks went, here and over all picks of the same two sides. */
export function TallyView({ judging, listed }: TallyViewProps): VNode {
  const { setup, result, picks } = judging;
  const here = picks.flatMap((pick) => (pick ? [pick.choice] : []));
  const equal = result.prompts.filter((_, index) => isEqual(result, index)).length;
  const all = choicesBetween(listed, setup.sides);
  return (
    <>
      <span class="tally">
        <b>{here.length}</b> of {counted(result.prompts.length - equal, "prompt")} picked
        {equal > 0 && `, ${equal} with equal answers`}
      </span>
      <span class="dim">
        first {tallyText(tallyOf(here))} <Rate tally={tallyOf(here)} />
      </span>
      {all.length > here.length && (
        <span class="dim">
          all picks of these two: {tallyText(tallyOf(all))} <Rate tally={tallyOf(all)} />
        </span>
      )}
    </>
  );
}

function tallyText({ wins, ties, losses }: Tally): string {
  return `${wins} won, ${ties} tied, ${losses} lost`;
}

function Rate({ tally }: { readonly tally: Tally }): VNode | null {
  const n = tally.wins + tally.ties + tally.losses;
  if (n === 0) return null;
  if (n < fewestPicks) {
    return (
      <>
        (too few for a rate: {n} of {fewestPicks})
      </>
    );
  }
  const { value, low, high } = winRate(tally);
  return (
    <span title="Win rate of the first side, ties count half, with its 95 % interval">
      · win rate <b>{percent(value, 1)}</b> [{fixed(100 * low, 1)}, {fixed(100 * high, 1)}]
    </span>
  );
}
