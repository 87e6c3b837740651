import type { EditorCommand } from "../../daemon/editor.ts";

/** How a command stands in the palette and in menus. */
export interface CommandFace {
  readonly title: string;
  /** A codicon, where menus show one. */
  readonly icon?: string;
}

/** Every command, as package.json declares it (a test compares the two). None has an `enablement`: each says itself what it lacks. */
export const commandFaces: { readonly [C in EditorCommand]: CommandFace } = {
  "sparring.start": { title: "Start Run…", icon: "$(play)" },
  "sparring.startExample": { title: "Start the Example", icon: "$(rocket)" },
  "sparring.estimate": { title: "Estimate Memory…", icon: "$(pulse)" },
  "sparring.pause": { title: "Pause Run", icon: "$(debug-pause)" },
  "sparring.resume": { title: "Resume Run", icon: "$(debug-continue)" },
  "sparring.stop": { title: "Stop Run", icon: "$(debug-stop)" },
  "sparring.fork": { title: "Fork from Checkpoint…", icon: "$(repo-forked)" },
  "sparring.confirmFork": { title: "Fork with These Changes…", icon: "$(repo-forked)" },
  "sparring.openRounds": { title: "Open Rounds", icon: "$(graph-line)" },
  "sparring.openRoundDocument": { title: "Read a Round…", icon: "$(book)" },
  "sparring.rate": { title: "Rate Samples", icon: "$(star-empty)" },
  "sparring.compare": { title: "Compare Checkpoints", icon: "$(split-horizontal)" },
  "sparring.openLineage": { title: "Open Lineage", icon: "$(type-hierarchy)" },
  "sparring.playAgain": { title: "Play a Query Again…", icon: "$(debug-restart)" },
  "sparring.why": { title: "Why This Score…", icon: "$(question)" },
  "sparring.exportWeights": { title: "Export Weights…", icon: "$(export)" },
  "sparring.exportSamples": { title: "Export Samples…", icon: "$(export)" },
  "sparring.exportRatings": { title: "Export Ratings…", icon: "$(export)" },
  "sparring.evaluate": { title: "Evaluate on Held-Out Tasks…", icon: "$(beaker)" },
  "sparring.chat": { title: "Chat with a Checkpoint…", icon: "$(comment-discussion)" },
  "sparring.showLog": { title: "Show Log", icon: "$(output)" },
  "sparring.diffTexts": { title: "Show the Difference of Two Answers…", icon: "$(diff)" },
  "sparring.tokens": { title: "Colour Tokens…", icon: "$(symbol-color)" },
  "sparring.refresh": { title: "Refresh", icon: "$(refresh)" },
  "sparring.restartDaemon": { title: "Restart Daemon", icon: "$(debug-restart)" },
  "sparring.doctor": { title: "Run Doctor", icon: "$(heart)" },
  "sparring.setUpTorch": { title: "Set Up the Torch Engine…", icon: "$(tools)" },
  "sparring.giveKey": { title: "Give a Key for a Judge's Server…", icon: "$(key)" },
  "sparring.forgetKey": { title: "Forget a Key for a Judge's Server…" },
};
