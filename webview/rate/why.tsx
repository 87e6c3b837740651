import type { VNode } from "preact";
import type { Sample } from "./batch.ts";

/** Why this sample is asked about: what its rating would tell. The daemon never says which way a scorer errs. */
export function WhySample({ sample, number }: { readonly sample: Sample; readonly number: number }): VNode {
  return (
    <p class="why s">
      <b>Why sample {number}</b> <span class="dim">{sample.reason ?? "it was chosen by hand"}</span>
    </p>
  );
}
