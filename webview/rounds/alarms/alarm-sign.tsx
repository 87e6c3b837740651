import type { VNode } from "preact";
import type { Alarm } from "../../../daemon/protocol.ts";

/** A triangle: full for a warning, hollow for information. What it means is said in words beside it. */
export function AlarmSign({ severity }: Pick<Alarm, "severity">): VNode {
  return (
    <svg class={`alarm-sign ${severity}`} width={10} height={9} aria-hidden="true">
      <path d="M5 1L9.5 8.5H0.5Z" />
    </svg>
  );
}
