/** A model of the Hugging Face hub, at a revision. */
export interface HubId {
  /** `org/name`. */
  readonly repo: string;
  /** A branch, a tag or a commit; `main` where none is given. */
  readonly revision: string;
}

// Kept equal to the pattern of config/paths.ts, which may not import from here; a test compares them.
const pattern =
  /^(?![^@]*--)(?!.*(?:\.\.|\/\/))([A-Za-z0-9][\w.-]{0,95}(?<![.-])\/[A-Za-z0-9_][\w.-]{0,95}(?<![.-]|\.git))(?:@(\w[\w./-]{0,254}(?<![./])))?$/;

/**
 * Reads `org/name` or `org/name@revision`, with the hub's own rules for names. Undefined for any other text: `./org/name`,
 * `/org/name`, `~/name`, `name` and `a/b/c` are folders and nothing else. A revision is a path below refs/ in the cache, so it
 * can't lead out of there.
 */
export function parseHubId(text: string): HubId | undefined {
  const match = pattern.exec(text);
  return match ? { repo: match[1]!, revision: match[2] ?? "main" } : undefined;
}
