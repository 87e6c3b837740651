import type { VNode } from "preact";
import { useRef } from "preact/hooks";
import type { EditorCommand } from "../../../daemon/editor.ts";
import type { Host } from "../../shared/messages.ts";

interface MoreMenuProps {
  readonly host: Host;
  readonly run: string;
  readonly round: number;
  /** Opens the list of alarms; undefined where nothing is watched. */
  readonly onAlarms: (() => void) | undefined;
}

type PlaceCommand = Extract<
  EditorCommand,
  | "sparring.rate"
  | "sparring.openRoundDocument"
  | "sparring.openLineage"
  | "sparring.chat"
  | "sparring.evaluate"
  | "sparring.exportWeights"
  | "sparring.exportSamples"
  | "sparring.exportRatings"
  | "sparring.showLog"
>;

const items: readonly (readonly [PlaceCommand, string])[] = [
  ["sparring.rate", "Rate samples"],
  ["sparring.openRoundDocument", "Open the round as a document"],
  ["sparring.openLineage", "Lineage"],
  ["sparring.chat", "Chat with its weights"],
  ["sparring.evaluate", "Evaluate…"],
  ["sparring.exportWeights", "Export weights…"],
  ["sparring.exportSamples", "Export samples…"],
  ["sparring.exportRatings", "Export ratings…"],
  ["sparring.showLog", "Show log"],
];

/** Commands of the editor for which the header has no room. */
export function MoreMenu({ host, run, round, onAlarms }: MoreMenuProps): VNode {
  const menu = useRef<HTMLDivElement>(null);
  return (
    <>
      <button type="button" aria-label="More" popovertarget="more-menu">
        ⋯
      </button>
      <div ref={menu} id="more-menu" class="menu" popover="auto">
        {onAlarms && (
          <button
            type="button"
            onClick={() => {
              menu.current?.hidePopover();
              onAlarms();
            }}
          >
            Alarms
          </button>
        )}
        {items.map(([command, title]) => (
          <button
            type="button"
            key={command}
            onClick={() => {
              menu.current?.hidePopover();
              // Whole-run commands begin with the newest weights, not with the round that happens to be shown.
              const isRound = command === "sparring.openRoundDocument";
              host.run(command, isRound ? { run, round } : { run });
            }}
          >
            {title}
          </button>
        ))}
      </div>
    </>
  );
}
