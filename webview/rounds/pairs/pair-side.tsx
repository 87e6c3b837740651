import type { VNode } from "preact";
import { useMemo, useRef } from "preact/hooks";
import { memo } from "../../shared/memo.ts";
import { fixed, signed } from "../../shared/numbers.ts";
import { useScrollTo } from "../../shared/use-scroll-to.ts";
import { type HeatKind, heatNames, tokenHeat } from "../answers/heat.ts";
import { TokenStrip } from "../answers/token-strip.tsx";
import { TokenText } from "../answers/token-text.tsx";
import type { AnswerRecord } from "../data/records.ts";
import { AdvantageBar } from "../queries/advantage-bar.tsx";
import { logprobPerToken } from "./pair-order.ts";

interface PairSideProps {
  readonly answer: AnswerRecord;
  readonly index: number;
  /** Line of the data on which the example is. */
  readonly line: number | undefined;
  readonly tokens: readonly string[] | undefined;
  readonly heat: HeatKind;
  /** The coefficient that fills half of a bar. */
  readonly full: number;
  /** The most tokens of an answer. */
  readonly limit: number;
  readonly isSelected: boolean;
  readonly isOpen: boolean;
  readonly onSelect: (answer: number) => void;
}

/** One answer of an example: whose it is, what the loss measured of it and makes of it, and its tokens. */
export const PairSide = memo(function PairSide(props: PairSideProps): VNode {
  const { answer, index, line, tokens, heat, full, limit, isSelected, isOpen, onSelect } = props;
  const { role, opponent, D, implicit, advantage, reward, stop } = answer;
  const item = useRef<HTMLLIElement>(null);
  useScrollTo(item, isSelected);
  const heats = useMemo(() => tokenHeat(answer, heat, full), [answer, heat, full]);
  const data = line === undefined ? "data" : `data, line ${line}`;
  const source = opponent === undefined ? data : `opponent of iteration ${opponent}`;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the button in it is for the keyboard
    <li
      ref={item}
      class={`answer side ${isSelected ? "current" : ""} ${isOpen && isSelected ? "open" : ""}`}
      onClick={() => onSelect(index)}
    >
      <p class="ell">
        <button
          type="button"
          class="bare"
          aria-expanded={isOpen && isSelected}
          onClick={(event) => {
            event.stopPropagation();
            onSelect(index);
          }}
        >
          <b class={role === "generated" ? "so" : ""}>{role}</b>
        </button>{" "}
        <span class="dim s" title={source}>
          {source}
        </span>
      </p>
      <dl class="measures s">
        {D !== undefined && D !== null && <Measure name="D" value={`${signed(D, 3)} nat`} />}
        {implicit !== undefined && implicit !== null && <Measure name="r" value={signed(implicit, 3)} />}
        <Measure name="log π a token" value={`${fixed(logprobPerToken(answer), 3)} nat`} />
        <Measure name="tokens" value={`${answer.tokens.length}${stop === "length" ? "+" : ""}`} />
        {reward !== null && <Measure name="R" value={fixed(reward)} />}
        <div>
          <dt class="dim">{advantage < 0 ? "made less likely" : advantage > 0 ? "made likelier" : "left alone"}</dt>
          <dd>
            <AdvantageBar advantage={advantage} full={full} subject="solver" digits={3} />
          </dd>
        </div>
      </dl>
      <TokenStrip heat={heats} limit={limit} label={`${answer.tokens.length} tokens by ${heatNames[heat]}`} />
      <TokenText answer={answer} tokens={tokens} heat={heats} isOpen={isOpen} />
    </li>
  );
});

function Measure({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return (
    <div>
      <dt class="dim">{name}</dt>
      <dd class="num">{value}</dd>
    </div>
  );
}
