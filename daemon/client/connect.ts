import { ownProgram } from "../wire/own-program.ts";
import type { Program } from "../wire/program.ts";
import type { DaemonClient } from "./client.ts";
import { type ReachOptions, reach } from "./reach.ts";

export interface ConnectOptions extends Omit<ReachOptions, "program"> {
  /** The program that a daemon is started from; this one, if left out. */
  readonly program?: Program;
}

/**
 * Connects to the daemon of a home, as `reach`, from the program that this code is part of.
 * @throws SparringError as `findOrStart`
 */
export function connect(options: ConnectOptions): Promise<DaemonClient> {
  return reach({ ...options, program: options.program ?? ownProgram() });
}
