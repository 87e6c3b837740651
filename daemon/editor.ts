/**
 * What daemon and panels ask an editor to do: lenses and quick fixes of the language server name these commands, and so do
 * buttons and keys of the webviews. Ids and arguments stand here once; the extension must have a handler for each.
 */

/** A place in a run; what is left out is asked for or is the newest. */
export interface RunPlace {
  readonly run: string;
  readonly round?: number;
  readonly query?: number;
  readonly answer?: number;
}

/** Arguments of the editor's commands, by id; every one may be called without any from the palette. */
export interface EditorCommands {
  /** Starts the config of a document (its URI), or of a picked example. */
  "sparring.start": { readonly uri?: string };
  "sparring.startExample": Record<string, never>;
  "sparring.estimate": { readonly uri?: string };
  "sparring.pause": Partial<RunPlace>;
  "sparring.resume": Partial<RunPlace>;
  "sparring.stop": Partial<RunPlace>;
  /** Opens a config document to fork from a checkpoint (`round`) with. */
  "sparring.fork": Partial<RunPlace>;
  /** In a fork's config document (its URI): shows the difference, asks, and forks. */
  "sparring.confirmFork": { readonly uri?: string };
  "sparring.openRounds": Partial<RunPlace>;
  "sparring.openRoundDocument": Partial<RunPlace>;
  "sparring.rate": Partial<RunPlace>;
  /** Two weights side by side; `against` in words of the protocol: a checkpoint's round, `reference` or `current`. */
  "sparring.compare": Partial<RunPlace> & {
    readonly against?: {
      readonly run: string;
      readonly weights: "current" | "reference" | { readonly checkpoint: number };
    };
  };
  "sparring.openLineage": Partial<RunPlace>;
  "sparring.playAgain": Partial<RunPlace>;
  /** Shows how an answer came to its score. */
  "sparring.why": Partial<RunPlace>;
  "sparring.exportWeights": Partial<RunPlace>;
  "sparring.exportSamples": Partial<RunPlace>;
  "sparring.exportRatings": Partial<RunPlace>;
  "sparring.evaluate": Partial<RunPlace>;
  "sparring.chat": Partial<RunPlace>;
  "sparring.showLog": Partial<RunPlace>;
  /** VS Code's own difference view of two texts. */
  "sparring.diffTexts": { readonly title: string; readonly left: string; readonly right: string };
  /** Colours a round document's tokens. */
  "sparring.tokens": { readonly by?: "logprob" | "advantage" | "off" };
  "sparring.refresh": Record<string, never>;
  "sparring.restartDaemon": Record<string, never>;
  "sparring.doctor": Record<string, never>;
  /** Makes the torch engine usable: asks how, shows how far it is, and says what was found. */
  "sparring.setUpTorch": Record<string, never>;
  /** Asks for a judge's server and its key, which the editor keeps. */
  "sparring.giveKey": Record<string, never>;
  "sparring.forgetKey": Record<string, never>;
}

export type EditorCommand = keyof EditorCommands;

/** Scheme of round documents: `sparring:/<run>/round-000012.md`, the round in six digits. */
export const roundScheme = "sparring";

/** The URI of a round's document. */
export function roundUri(run: string, round: number): string {
  return `${roundScheme}:/${run}/round-${String(round).padStart(6, "0")}.md`;
}

/** The round that a URI names; undefined for any other URI. */
export function roundOf(uri: string): { readonly run: string; readonly round: number } | undefined {
  const match = /^sparring:\/([A-Za-z0-9][A-Za-z0-9._-]{0,99})\/round-(\d{6,})\.md$/.exec(uri);
  return match ? { run: match[1]!, round: Number(match[2]) } : undefined;
}
