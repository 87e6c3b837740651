import manifest from "../package.json" with { type: "json" };

/** Sparring's own version. */
export const version: string = manifest.version;
