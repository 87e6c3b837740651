import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { count } from "./numbers.ts";
import { clipped, visiblePieces } from "./visible.ts";

interface ModelTextProps {
  readonly text: string;
  /** Keep line breaks, for a view that wraps; otherwise they are marks in one line. */
  readonly lines?: boolean;
  /** Longer texts are cut there. With a `showAll` they get a button, otherwise an ellipsis. */
  readonly limit?: number;
  readonly showAll?: boolean;
}

/**
 * A text that a model, a file or another machine wrote: text nodes only, isolated from the text around it, and everything
 * that can't be seen written out.
 */
export function ModelText({ text, lines = false, limit = 2000, showAll = false }: ModelTextProps): VNode {
  const [all, setAll] = useState(false);
  const shown = all ? text : clipped(text, limit);
  return (
    <>
      <bdi class={lines ? "model-text lines" : "model-text"}>
        <Pieces text={shown} lines={lines} />
      </bdi>
      {shown.length < text.length &&
        (showAll ? (
          <>
            {" "}
            <button type="button" class="link" onClick={() => setAll(true)}>
              show all {count(text.length)} characters
            </button>
          </>
        ) : (
          "…"
        ))}
    </>
  );
}

/** The pieces of such a text without an element around them. */
export function Pieces({ text, lines = false }: { readonly text: string; readonly lines?: boolean }): VNode {
  return (
    <>{visiblePieces(text, lines).map((piece) => (piece.written ? <i class="unseen">{piece.text}</i> : piece.text))}</>
  );
}
