import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import type { Method } from "../../../daemon/protocol.ts";
import type { ConnectionState, FromHost, PanelInputs, PanelName, ToHost } from "../../../webview/shared/messages.ts";

const executablePath = "/usr/bin/chromium";

/** Starts Debian's Chromium, headless. @throws with the command that installs it where it is missing */
export async function launchBrowser(): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(
      `${executablePath} is missing: apt-get install -y --no-install-recommends chromium fonts-dejavu-core`,
    );
  }
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  });
}

export const themes = ["dark-modern", "light-modern", "hc-black"] as const;
export type Theme = (typeof themes)[number];

export interface PanelPageOptions<N extends PanelName> {
  readonly panel: N;
  readonly input: PanelInputs[N];
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  /** Answers a request of the panel, perhaps later; what it throws is told as a failure. */
  readonly answer: (method: Method, params: unknown) => unknown;
}

/** A panel's bundle in a browser, under the content security policy of the editor, with this object as its host. */
export class PanelPage<N extends PanelName> {
  readonly page: Page;
  /** Commands that the panel has had run. */
  readonly commands: { readonly command: string; readonly args: unknown }[] = [];
  /** What the browser complained about: violations of the policy, exceptions, errors on the console. */
  readonly complaints: string[] = [];
  /** The run that the panel watches. */
  watched: string | undefined;
  title = "";
  readonly #options: PanelPageOptions<N>;
  readonly #context: BrowserContext;
  #isReady: () => void = () => {};

  /** Opens a panel; resolves when its script has asked for its input. */
  static async open<N extends PanelName>(browser: Browser, options: PanelPageOptions<N>): Promise<PanelPage<N>> {
    const { width, height } = options;
    const context = await browser.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
    const panel = new PanelPage(options, context, await context.newPage());
    await panel.#start();
    return panel;
  }

  private constructor(options: PanelPageOptions<N>, context: BrowserContext, page: Page) {
    this.#options = options;
    this.#context = context;
    this.page = page;
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  /** Sends a message to the panel, as the editor does. */
  async tell(message: FromHost): Promise<void> {
    await this.page.evaluate(`postMessage(${JSON.stringify(message)}, "*")`);
  }

  async connection(state: ConnectionState, why?: string): Promise<void> {
    await this.tell({ type: "connection", state, ...(why === undefined ? {} : { why }) });
  }

  async #start(): Promise<void> {
    const { page } = this;
    page.on("console", (message) => message.type() === "error" && this.complaints.push(message.text()));
    const ready = new Promise<void>((resolve, reject) => {
      this.#isReady = resolve;
      page.on("pageerror", (error) => {
        this.complaints.push(String(error));
        reject(error);
      });
    });
    await page.exposeFunction("toHost", (message: ToHost) => this.#receive(message));
    await page.addInitScript({ content: fakeEditor });
    await page.route("https://panel.test/**", async (route) => {
      const path = new URL(route.request().url()).pathname;
      const file = this.#file(path);
      await route.fulfill(
        file === undefined
          ? { contentType: "text/html; charset=utf-8", body: pageOf(this.#options.panel) }
          : { contentType: path.endsWith(".css") ? "text/css" : "text/javascript", body: await readFile(file) },
      );
    });
    await Promise.all([page.goto("https://panel.test/"), ready]);
  }

  #file(path: string): string | URL | undefined {
    if (path === "/") return undefined;
    if (path === "/theme.css") return new URL(`theme-${this.#options.theme}.css`, import.meta.url);
    return `dist/webview${path}`;
  }

  async #receive(message: ToHost): Promise<void> {
    const { panel, input, answer } = this.#options;
    switch (message.type) {
      case "ready":
        await this.tell({ type: "open", panel, input, settings: { rater: "mk" } });
        await this.connection("connected");
        this.#isReady();
        break;
      case "ask":
        try {
          const result = await answer(message.method, message.params);
          await this.tell({ type: "answer", id: message.id, result });
        } catch (error) {
          const problem = { code: "test/failed", message: String(error), next: "Look at the test." };
          await this.tell({ type: "failure", id: message.id, problem });
        }
        break;
      case "command":
        this.commands.push({ command: message.command, args: message.args });
        break;
      case "watch":
        this.watched = message.run;
        break;
      case "title":
        this.title = message.title;
    }
  }
}

/** Runs in the page, before its scripts; a text, because a function would bring helpers of the compiler along. */
const fakeEditor = `{
  let state;
  globalThis.acquireVsCodeApi = () => ({
    postMessage: (message) => globalThis.toHost(message),
    getState: () => state,
    setState: (next) => { state = next; },
  });
}`;

const policy = "default-src 'none'; style-src https://panel.test; script-src 'nonce-test'";

function pageOf(panel: PanelName): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${panel}</title>
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="/theme.css"><link rel="stylesheet" href="/${panel}.css"></head>
<body><script nonce="test" src="/${panel}.js"></script></body></html>`;
}
