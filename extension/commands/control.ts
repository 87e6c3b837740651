import * as vscode from "vscode";
import type { RunPlace } from "../../daemon/editor.ts";
import type { App } from "../app.ts";
import { tellHeldUp } from "../runs/notifier.ts";
import { type Control, takes } from "../runs/states.ts";
import { askingJudges } from "./agree.ts";
import { pickRun } from "./pick.ts";

const words: Readonly<Record<Control, { readonly ask: string; readonly none: string }>> = {
  pause: { ask: "Pause which run?", none: "No run is under way, so there is none to pause." },
  resume: {
    ask: "Resume which run?",
    none: "No run is paused, stopped, failed or interrupted, so there is none to resume.",
  },
  stop: { ask: "Stop which run?", none: "No run is under way, so there is none to stop." },
};

/**
 * Pauses, resumes or stops a run. Nothing is asked first, as each can be taken back by another one; but for servers that a resumed
 * run would send its texts to, which can't.
 */
export async function controlRun(app: App, control: Control, place: Partial<RunPlace>): Promise<void> {
  const { ask, none } = words[control];
  const run = await pickRun(app, place, { title: ask, wanted: (each) => takes(control, each), none });
  if (run === undefined) return;
  const overview = await askingJudges(app, [run], () => app.daemon.request(`sparring/run/${control}`, { run }));
  const { state, queuePlace } = overview;
  tellHeldUp(app, overview);
  if (control === "stop") {
    const how = state === "stopped" ? "is stopped" : "stops after its round";
    vscode.window.setStatusBarMessage(`${run} ${how}; it can be resumed.`, 8_000);
  } else if (queuePlace !== undefined) {
    vscode.window.setStatusBarMessage(`${run} waits for the device, at place ${queuePlace}.`, 8_000);
  }
}
