import * as vscode from "vscode";
import { roundOf, roundScheme } from "../../daemon/editor.ts";
import { fixed, signed } from "../../daemon/text/numbers.ts";
import type { App } from "../app.ts";
import { type Query, queriesOf } from "../commands/pick.ts";
import { advantageLevel, type Colouring, type Level, legends, levels, logprobLevel } from "./token-levels.ts";
import { type Part, partsOf, tokenSegments } from "./token-places.ts";

/** A scroll ends when nothing has moved for this time, milliseconds. */
const settleMs = 120;

interface Tokens {
  readonly query: readonly string[];
  readonly answers: readonly (readonly string[])[];
}

/** What is known of the round of one editor. */
interface Page {
  readonly lines: readonly string[];
  readonly parts: readonly Part[];
  readonly queries: ReadonlyMap<number, Query>;
  readonly tokens: Map<number, Tokens>;
}

/** Colours behind the tokens of round documents, of the queries that are in view. */
export class TokenColours implements vscode.Disposable {
  readonly #app: App;
  readonly #types: ReadonlyMap<Level, vscode.TextEditorDecorationType>;
  readonly #legend = vscode.window.createStatusBarItem("sparring.tokens", vscode.StatusBarAlignment.Left, 9);
  readonly #pages = new Map<string, Promise<Page>>();
  readonly #subscriptions: vscode.Disposable[];
  #by: Colouring | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(app: App) {
    this.#app = app;
    const names = [...levels.logprob, ...levels.advantage];
    this.#types = new Map(
      names.map((name) => [
        name,
        vscode.window.createTextEditorDecorationType({
          backgroundColor: new vscode.ThemeColor(name),
        }),
      ]),
    );
    this.#legend.name = "Sparring: tokens";
    this.#legend.command = "sparring.tokens";
    this.#subscriptions = [
      vscode.window.onDidChangeTextEditorVisibleRanges(() => this.#soon()),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#soon()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#pages.delete(uri.toString())),
    ];
  }

  /** Colours by one thing, or by none. */
  show(by: Colouring | undefined): void {
    this.#by = by;
    if (by) {
      this.#legend.text = `$(symbol-color) ${legends[by]}`;
      this.#legend.show();
    } else this.#legend.hide();
    this.#soon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const type of this.#types.values()) type.dispose();
    for (const each of [...this.#subscriptions, this.#legend]) each.dispose();
  }

  #soon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const editors = vscode.window.visibleTextEditors.filter(({ document }) => document.uri.scheme === roundScheme);
      for (const editor of editors) this.#colour(editor).catch((error: Error) => this.#app.log.warn(error.message));
    }, settleMs);
  }

  async #colour(editor: vscode.TextEditor): Promise<void> {
    const by = this.#by;
    const found = new Map<Level, vscode.DecorationOptions[]>([...this.#types.keys()].map((level) => [level, []]));
    if (by) {
      const page = await this.#page(editor.document);
      const parts = page.parts.filter(({ first, last }) =>
        editor.visibleRanges.some(({ start, end }) => start.line <= last && first <= end.line),
      );
      for (const part of parts) {
        const tokens = await this.#tokens(editor.document, page, part.query);
        for (const [level, option] of optionsOf(page, part, tokens, by)) found.get(level)!.push(option);
      }
    }
    if (by !== this.#by) return;
    for (const [level, options] of found) editor.setDecorations(this.#types.get(level)!, options);
  }

  #page(document: vscode.TextDocument): Promise<Page> {
    const key = document.uri.toString();
    const { run, round } = roundOf(key)!;
    const lines = document.getText().split("\n");
    const page =
      this.#pages.get(key) ??
      queriesOf(this.#app, run, round).then((queries) => ({
        lines,
        parts: partsOf(lines),
        queries: new Map(queries.map((query) => [query.index, query])),
        tokens: new Map(),
      }));
    this.#pages.set(key, page);
    page.catch(() => this.#pages.delete(key));
    return page;
  }

  async #tokens(document: vscode.TextDocument, page: Page, query: number): Promise<Tokens> {
    const known = page.tokens.get(query);
    if (known) return known;
    const { run, round } = roundOf(document.uri.toString())!;
    const tokens = await this.#app.daemon.request("sparring/round/tokens", { run, round, query });
    page.tokens.set(query, tokens);
    return tokens;
  }
}

/** The coloured tokens of one text, with what they stand for when they are pointed at. */
function optionsOf(page: Page, part: Part, tokens: Tokens, by: Colouring): [Level, vscode.DecorationOptions][] {
  const query = page.queries.get(part.query);
  const record = part.answer === undefined ? query : query?.answers[part.answer];
  if (!record) return [];
  const pieces = part.answer === undefined ? tokens.query : (tokens.answers[part.answer] ?? []);
  return tokenSegments(page.lines, part, pieces).flatMap((segments, i) => {
    const logprob = record.logprobs[i];
    const level =
      by === "advantage" ? advantageLevel(record.advantage) : logprob === undefined ? undefined : logprobLevel(logprob);
    if (level === undefined) return [];
    const reference = record.referenceLogprobs[i] ?? null;
    const hoverMessage = `${fixed(2)(logprob ?? null)} nat, reference ${fixed(2)(reference)} nat, advantage ${signed(3)(record.advantage)}`;
    return segments.map(({ line, from, to }): [Level, vscode.DecorationOptions] => [
      level,
      { range: new vscode.Range(line, from, line, to), hoverMessage },
    ]);
  });
}
