import type { Runtime } from "../../daemon/client/launch.ts";

/** The oldest Node that runs the daemon. */
const oldest = 20;

export interface NodeProbes {
  /** The setting `sparring.node`; empty where it is not set. */
  readonly setting: string;
  /** What `<command> --version` prints; undefined where it can't be run. */
  readonly versionOf: (command: string) => Promise<string | undefined>;
  /** The program of this extension host. */
  readonly execPath: string;
}

/**
 * What runs the daemon: the Node of the setting, else one on PATH that is new enough, else this editor's own Electron as a
 * Node. The setting is taken as it is: if it is wrong, the daemon's start says so.
 */
export async function findNode({ setting, versionOf, execPath }: NodeProbes): Promise<Runtime> {
  if (setting !== "") return { command: setting };
  const major = Number(/^v(\d+)\./.exec((await versionOf("node")) ?? "")?.[1] ?? 0);
  if (major >= oldest) return { command: "node" };
  return { command: execPath, env: { ELECTRON_RUN_AS_NODE: "1" } };
}
