import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Brings an element into view when it becomes the selected one, but not when the view is first drawn. */
export function useScrollTo(ref: RefObject<Element | null>, isSelected: boolean): void {
  const isDrawn = useRef(false);
  useEffect(() => {
    if (isSelected && isDrawn.current) ref.current?.scrollIntoView({ block: "nearest" });
    isDrawn.current = true;
  }, [ref, isSelected]);
}
