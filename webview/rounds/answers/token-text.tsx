import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { memo } from "../../shared/memo.ts";
import { ModelText, Pieces } from "../../shared/model-text.tsx";
import { count, fixed } from "../../shared/numbers.ts";
import type { AnswerRecord } from "../data/records.ts";
import { type Heat, leastLikely } from "./heat.ts";

interface TokenTextProps {
  readonly answer: AnswerRecord;
  /** Its tokens as text; undefined until they are here. */
  readonly tokens: readonly string[] | undefined;
  readonly heat: readonly Heat[];
  /** An open answer wraps and tells about a token; a closed one is one line. */
  readonly isOpen: boolean;
}

/** How much of the colour the strongest heat mixes in, percent: more would make the text on it too faint to read. */
const fullTint = 38;
const closedTokens = 150;
const openTokens = 2000;

/** An answer's text, each token coloured by its heat. */
export const TokenText = memo(function TokenText({ answer, tokens, heat, isOpen }: TokenTextProps): VNode {
  const [pointed, setPointed] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  // What a person or a data set wrote has none.
  if (!tokens || tokens.length === 0) {
    return (
      <div class="tokens mono">
        <ModelText text={answer.text} lines={isOpen} limit={isOpen ? 20_000 : 400} showAll={isOpen} />
      </div>
    );
  }
  const shown = all ? tokens : tokens.slice(0, isOpen ? openTokens : closedTokens);
  const told = pointed ?? leastLikely(answer.logprobs);
  return (
    <>
      <div class="tokens mono" onPointerLeave={() => setPointed(null)}>
        <bdi class={isOpen ? "model-text lines" : "model-text"}>
          {shown.map((token, index) => (
            <Token
              isEnd={answer.stop === "stop" && index === tokens.length - 1}
              text={token}
              heat={heat[index]}
              lines={isOpen}
              index={index}
              onPoint={isOpen ? setPointed : undefined}
            />
          ))}
        </bdi>
        {shown.length < tokens.length &&
          (isOpen ? (
            <button type="button" class="link" onClick={() => setAll(true)}>
              show all {count(tokens.length)} tokens
            </button>
          ) : (
            "…"
          ))}
      </div>
      {isOpen && told >= 0 && (
        <p class="token-facts s">
          <span class="dim">{pointed === null ? "least likely token" : "token"}</span>{" "}
          <span class="mono">
            <ModelText text={(tokens[told] ?? "").replace(/^ /, "␣")} limit={60} />
          </span>{" "}
          <b>{fixed(answer.logprobs[told])} nat</b>
          {answer.referenceLogprobs.length > 0 && (
            <span class="dim">, reference {fixed(answer.referenceLogprobs[told])} nat</span>
          )}
        </p>
      )}
    </>
  );
});

interface TokenProps {
  readonly text: string;
  /** The stop token: part of what was sampled, not of the text. */
  readonly isEnd: boolean;
  readonly heat: Heat | undefined;
  readonly lines: boolean;
  readonly index: number;
  readonly onPoint: ((index: number) => void) | undefined;
}

function Token({ text, isEnd, heat, lines, index, onPoint }: TokenProps): VNode {
  const content = <Pieces text={text} lines={lines} />;
  const strength = heat && heat.strength >= 0.04 ? heat.strength : 0;
  return (
    <span
      class={[strength > 0 && "heat", strength > 0 && heat?.below && "below", isEnd && "end-token"]
        .filter(Boolean)
        .join(" ")}
      style={strength > 0 ? { "--p": `${Math.round(fullTint * strength)}%` } : undefined}
      onPointerEnter={onPoint && (() => onPoint(index))}
    >
      {content}
    </span>
  );
}
