import { fileURLToPath } from "node:url";
import type { Diagnostic } from "vscode-languageserver";
import { TextDocument, type TextDocumentContentChangeEvent } from "vscode-languageserver-textdocument";
import { maxConfigBytes } from "../../config/load.ts";
import { configDiagnostics } from "./config-diagnostics.ts";

/** After a change, diagnostics wait for a pause in typing, milliseconds. */
const typingPauseMs = 150;

export interface OpenConfigsOptions {
  /** Shows the problems of a document; replaces those shown before. */
  readonly publish: (uri: string, version: number, diagnostics: readonly Diagnostic[]) => void;
  /** Told of a bug in checking a text, which must not end the daemon. */
  readonly report: (bug: unknown) => void;
}

/** A config that is open in an editor. */
export interface OpenConfig {
  readonly text: string;
  /** Its path, or its name where it is in no file: names it in messages, and is the base of relative paths. */
  readonly file: string;
}

/** The configs that are open in one editor, as it has them; they are checked while they are written. */
export class OpenConfigs {
  readonly #options: OpenConfigsOptions;
  readonly #documents = new Map<string, TextDocument>();
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(options: OpenConfigsOptions) {
    this.#options = options;
  }

  /** An open config; undefined for a document that is none, or is far too large for one. */
  get(uri: string): OpenConfig | undefined {
    const text = this.#documents.get(uri)?.getText();
    return text === undefined || text.length > maxConfigBytes ? undefined : { text, file: fileOf(uri) };
  }

  /** Documents of other kinds are not kept. */
  open(uri: string, languageId: string, version: number, text: string): void {
    if (!isConfig(uri)) return;
    this.#documents.set(uri, TextDocument.create(uri, languageId, version, text));
    this.#check(uri);
  }

  change(uri: string, version: number, changes: TextDocumentContentChangeEvent[]): void {
    const document = this.#documents.get(uri);
    if (!document) return;
    this.#documents.set(uri, TextDocument.update(document, changes, version));
    clearTimeout(this.#timers.get(uri));
    this.#timers.set(
      uri,
      setTimeout(() => this.#check(uri), typingPauseMs),
    );
  }

  close(uri: string): void {
    clearTimeout(this.#timers.get(uri));
    this.#timers.delete(uri);
    const document = this.#documents.get(uri);
    if (this.#documents.delete(uri)) this.#options.publish(uri, document!.version, []);
  }

  /** The editor has gone. */
  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#documents.clear();
  }

  #check(uri: string): void {
    this.#timers.delete(uri);
    const document = this.#documents.get(uri)!;
    try {
      this.#options.publish(uri, document.version, configDiagnostics(document.getText(), fileOf(uri)));
    } catch (bug) {
      this.#options.report(bug);
    }
  }
}

/** Whether a URI names a config, in a file or not yet in one. */
function isConfig(uri: string): boolean {
  return /^(file|untitled):.*\.sparring\.yaml$/s.test(uri);
}

function fileOf(uri: string): string {
  if (/^file:\/\/\//.test(uri)) return fileURLToPath(uri);
  return uri.slice(uri.lastIndexOf("/") + 1).replace(/^untitled:/, "");
}
