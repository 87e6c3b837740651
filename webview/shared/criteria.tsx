import type { VNode } from "preact";

/** "criteria met: 1, 2, 3; not met: 4, 5, 6, 7". */
export function criteriaLabel(criteria: readonly (0 | 1)[]): string {
  const having = (value: 0 | 1): string =>
    criteria.flatMap((criterion, index) => (criterion === value ? [index + 1] : [])).join(", ") || "none";
  return `criteria met: ${having(1)}; not met: ${having(0)}`;
}

/** Seven squares: full for a met criterion, hollow for another. */
export function CriteriaSquares({ criteria }: { readonly criteria: readonly (0 | 1)[] }): VNode {
  return (
    <span class="squares" role="img" aria-label={criteriaLabel(criteria)} title={criteriaLabel(criteria)}>
      {criteria.map((met) => (
        <i class={met ? "met" : ""} />
      ))}
    </span>
  );
}
