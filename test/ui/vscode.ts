import { type Browser, chromium, type Frame, type FrameLocator, type Locator, type Page } from "playwright-core";
import { until } from "../e2e/daemons.ts";
import { CodeServer, type ServerOptions } from "./code-server.ts";

/** What a person waits for comes within this time, also on a busy machine, milliseconds. */
const patienceMs = 60_000;

const flags = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** A real VS Code with the packaged extension, and a browser that its windows open in. */
export class VSCode {
  readonly server = new CodeServer();
  #browser: Browser | undefined;

  /** Starts both. Whatever has been started by then, `close` ends, also after a failure. */
  async start(options?: ServerOptions): Promise<void> {
    await this.server.start(options);
    this.#browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  }

  /** Opens a window on the workspace; each has a browser profile of its own. */
  async open({ width = 1400, height = 900 } = {}): Promise<Window> {
    const context = await this.#browser!.newContext({ viewport: { width, height }, reducedMotion: "reduce" });
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    const window = new Window(page);
    await page.goto(`${this.server.url}/?folder=${this.server.workspace}`);
    await page.locator(".monaco-workbench .part.statusbar").waitFor();
    return window;
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.server.close();
  }
}

/** A window of VS Code, used as a person uses it: by keys, clicks and what can be read on it. */
export class Window {
  readonly page: Page;
  /** What broke a content security policy, and errors that nobody caught; a good test ends with none. */
  readonly complaints: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text())) this.complaints.push(message.text());
    });
  }

  /** Runs a command from the palette by its title, category included. */
  async command(title: string): Promise<void> {
    await this.findCommand(title);
    await this.page.keyboard.press("Enter");
  }

  /** Opens the palette and goes to a command: Enter runs it. An open palette does not hear of commands that are registered meanwhile. */
  async findCommand(title: string): Promise<void> {
    // Titles that only begin with this one, or were used lately, may stand above it.
    const choice = this.#choices.filter({ has: this.page.getByText(title, { exact: true }) }).first();
    for (let more = 4; ; more--) {
      await this.page.keyboard.press("F1");
      await this.#quickInput.fill(`>${title}`);
      if (more === 0) break;
      const isThere = await choice.waitFor({ timeout: patienceMs / 4 }).then(
        () => true,
        () => false,
      );
      if (isThere) break;
      await this.page.keyboard.press("Escape");
    }
    await this.#goTo(choice);
  }

  get #choices(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Moves to a choice by keys: a pointer would call up hovers, which lie over the choices. */
  async #goTo(choice: Locator): Promise<void> {
    await choice.waitFor();
    while (!(await choice.getAttribute("class"))?.includes("focused")) await this.page.keyboard.press("ArrowDown");
  }

  get #quickInput(): Locator {
    return this.page.locator(".quick-input-widget:visible input");
  }

  /** Chooses an entry of the list that a command shows. */
  async pick(text: string | RegExp): Promise<void> {
    await this.#goTo(this.#choices.filter({ hasText: text }).first());
    await this.page.keyboard.press("Enter");
  }

  /** Types into the field that a command shows. */
  async answer(text: string): Promise<void> {
    await this.#quickInput.fill(text);
    await this.page.keyboard.press("Enter");
  }

  /** Takes what a dialog offers, once that ends as it should. */
  async accept(ending: string): Promise<void> {
    await until(async () => (await this.#quickInput.inputValue()).endsWith(ending), patienceMs / 1000);
    await this.page.keyboard.press("Enter");
  }

  /** Opens a file of the workspace from the explorer. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press("Control+Shift+E");
    await this.page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: name }).dblclick();
    await this.tab(name).waitFor();
  }

  /** Changes the colours of the window; a theme is named as the list of themes does. */
  async theme(name: string): Promise<void> {
    await this.command("Preferences: Color Theme");
    await this.#quickInput.fill(name);
    await this.pick(name);
  }

  tab(title: string | RegExp): Locator {
    return this.page.locator(".tabs-container .tab").filter({ hasText: title });
  }

  /** The Sparring view. */
  async openView(): Promise<void> {
    const icon = this.page
      .locator(".activitybar .action-item")
      .filter({ has: this.page.locator('[aria-label^="Sparring"]') });
    await icon.first().waitFor();
    if (
      !(await this.page
        .locator(".sidebar .composite.title")
        .filter({ hasText: /sparring/i })
        .isVisible())
    ) {
      await icon.first().click();
    }
  }

  /** A line of the view's tree. */
  row(text: string | RegExp): Locator {
    return this.page.locator(".sidebar .monaco-list-row").filter({ hasText: text });
  }

  status(text: string | RegExp): Locator {
    return this.page.locator(".statusbar-item").filter({ hasText: text });
  }

  notification(text: string | RegExp): Locator {
    return this.page.locator(".notification-list-item").filter({ hasText: text });
  }

  /** A question that must be answered before anything else. */
  get dialog(): Locator {
    return this.page.locator(".monaco-dialog-box");
  }

  /** The visible lines of the active editor. */
  get lines(): Locator {
    return this.page.locator(".editor-instance .view-line");
  }

  /** The visible text of the active editor, inlay hints included, with plain spaces. */
  async text(): Promise<string> {
    const lines = await this.lines.evaluateAll((all) =>
      all
        .map((line) => ({ top: Number.parseFloat(line.style.top), text: line.textContent ?? "" }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    );
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  lens(title: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration a").filter({ hasText: title });
  }

  /** An entry of the completion list. */
  suggestion(text: string | RegExp): Locator {
    return this.page.locator(".suggest-widget.visible .monaco-list-row").filter({ hasText: text });
  }

  get hover(): Locator {
    return this.page.locator(".monaco-hover:visible");
  }

  /** The page inside of the webview that is in front. */
  get panel(): FrameLocator {
    return this.page.frameLocator("iframe.webview.ready").last().frameLocator("iframe#active-frame");
  }

  /** The same page, for scripts that run in it. */
  async panelFrame(): Promise<Frame> {
    const frame = await (await this.panel.locator("html").elementHandle())!.ownerFrame();
    return frame!;
  }

  /** How long the extension took to activate, as VS Code measured it, milliseconds. */
  async activation(): Promise<number> {
    await this.command("Developer: Show Running Extensions");
    const row = this.page
      .locator(".runtime-extensions-editor .monaco-list-row")
      .filter({ hasText: "sparring" })
      .first();
    const text = await row.locator(".activation-time").textContent();
    return Number(/([\d.]+) ?ms/.exec(text ?? "")?.[1]);
  }

  /** Puts the cursor at the end of the line of the active editor that has a text. */
  async clickLine(text: string | RegExp): Promise<void> {
    await this.lines.filter({ hasText: text }).first().click();
    await this.page.keyboard.press("End");
  }
}
