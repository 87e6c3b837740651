/** What a check of the doctor found. */
export interface Finding {
  /** What was looked at. */
  readonly subject: string;
  readonly level: "ok" | "warning" | "problem";
  /** What was found, as a sentence. */
  readonly found: string;
  /** What to do about it; absent where it is ok. */
  readonly next?: string;
}

export function ok(subject: string, found: string): Finding {
  return { subject, level: "ok", found };
}

export function warning(subject: string, found: string, next: string): Finding {
  return { subject, level: "warning", found, next };
}

export function problem(subject: string, found: string, next: string): Finding {
  return { subject, level: "problem", found, next };
}
