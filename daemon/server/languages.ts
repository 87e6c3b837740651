import {
  type Connection,
  DocumentDiagnosticReportKind,
  type InitializeResult,
  MessageType,
  type ResponseError,
} from "vscode-languageserver";
import type { z } from "zod";
import type { RoundDocument } from "../documents/round-document.ts";
import type { RoundDocuments } from "../documents/round-documents.ts";
import { roundOf } from "../editor.ts";
import { SparringError } from "../errors.ts";
import { capabilities } from "../language/capabilities.ts";
import { configCompletion } from "../language/configs/completion.ts";
import { configHover } from "../language/configs/config-hover.ts";
import { configLenses, configSymbols } from "../language/configs/config-lenses.ts";
import { OpenConfigs } from "../language/configs/open-configs.ts";
import { configFixes } from "../language/configs/quick-fixes.ts";
import {
  changeParams,
  documentParams,
  openParams,
  positionParams,
  rangeParams,
  refreshCapabilities,
} from "../language/params.ts";
import { roundDiagnostics } from "../language/rounds/diagnostics.ts";
import { scoreHints } from "../language/rounds/hints.ts";
import { roundHover } from "../language/rounds/hover.ts";
import { type HumanScores, humanScores } from "../language/rounds/human-scores.ts";
import { roundLenses } from "../language/rounds/lenses.ts";
import { roundFoldings, roundSymbols } from "../language/rounds/outline.ts";
import { type ErrorData, snapshotIntervalMs } from "../protocol.ts";
import type { Rating } from "../store/records.ts";
import { toResponseError } from "../wire/problems.ts";

/** What the language features read; one for all clients. */
export interface LanguageSources {
  readonly rounds: RoundDocuments;
  /** The standing ratings of a run. */
  ratings(run: string): Promise<readonly Rating[]>;
}

export interface LanguagesOptions {
  readonly version: string;
  readonly sources: LanguageSources;
  /** Whether the client speaks this daemon's protocol; undefined before its hello. */
  readonly isCompatible: () => boolean | undefined;
  /** Sends a message as it is. */
  readonly send: (message: object) => void;
  readonly report: (what: string, bug: unknown) => void;
}

/** The Language Server Protocol for one client: finds the document of a request, and asks the room `language` about it. */
export class Languages {
  readonly #options: LanguagesOptions;
  readonly #connection: Connection;
  readonly #configs: OpenConfigs;
  /** What the editor can be asked to look at again. */
  #refreshes: readonly string[] = [];
  #refreshTimer: NodeJS.Timeout | undefined;
  #refreshed = 0;

  constructor(connection: Connection, options: LanguagesOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#configs = new OpenConfigs({
      publish: (uri, version, diagnostics) => {
        connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics] }).catch(() => {});
      },
      report: (bug) => options.report("checking a config", bug),
    });
    this.#introduce();
    this.#sync();
    this.#answer();
  }

  /** Ratings changed: the editor is to ask for what stands beside the lines again. Several calls at once are one. */
  refresh(): void {
    if (this.#refreshes.length === 0) return;
    this.#refreshTimer ??= setTimeout(() => {
      this.#refreshTimer = undefined;
      // The library would wait for the answers for ever, since responses are not let in (`Intake`).
      for (const method of this.#refreshes) {
        this.#options.send({ jsonrpc: "2.0", id: `refresh-${++this.#refreshed}`, method });
      }
    }, snapshotIntervalMs);
  }

  /** The client has gone. */
  close(): void {
    clearTimeout(this.#refreshTimer);
    this.#configs.dispose();
  }

  #introduce(): void {
    const { version, isCompatible } = this.#options;
    this.#connection.onInitialize((params): InitializeResult => {
      const can = refreshCapabilities.safeParse(params).data?.capabilities.workspace;
      this.#refreshes = [
        ...(can?.inlayHint?.refreshSupport ? ["workspace/inlayHint/refresh"] : []),
        ...(can?.codeLens?.refreshSupport ? ["workspace/codeLens/refresh"] : []),
      ];
      return { capabilities: isCompatible() ? capabilities : {}, serverInfo: { name: "sparring", version } };
    });
    this.#connection.onInitialized(() => {
      if (isCompatible()) return;
      const { message, next } = otherVersion();
      const shown = { type: MessageType.Warning, message: `${message} ${next}` };
      this.#connection.sendNotification("window/showMessage", shown).catch(() => {});
    });
  }

  #sync(): void {
    const connection = this.#connection;
    const sync = <S extends z.ZodType>(schema: S, note: (params: z.output<S>) => void): ((params: unknown) => void) => {
      return (params) => {
        const parsed = schema.safeParse(params);
        // A notification has no answer that could say what is wrong with it.
        if (parsed.success && this.#options.isCompatible()) note(parsed.data);
      };
    };
    connection.onDidOpenTextDocument(
      sync(openParams, ({ textDocument: { uri, languageId, version, text } }) => {
        this.#configs.open(uri, languageId, version, text);
      }),
    );
    connection.onDidChangeTextDocument(
      sync(changeParams, ({ textDocument: { uri, version }, contentChanges }) => {
        this.#configs.change(uri, version, contentChanges);
      }),
    );
    connection.onDidCloseTextDocument(sync(documentParams, ({ textDocument: { uri } }) => this.#configs.close(uri)));
  }

  #answer(): void {
    const connection = this.#connection;
    const configs = this.#configs;

    connection.onCompletion(
      this.#handler("completion", positionParams, ({ textDocument: { uri }, position }) => {
        const config = configs.get(uri);
        return config ? configCompletion(config.text, position) : [];
      }),
    );
    connection.onCodeAction(
      this.#handler("code actions", rangeParams, ({ textDocument: { uri }, range }) => {
        const config = configs.get(uri);
        return config ? configFixes(config.text, config.file, uri, range) : [];
      }),
    );
    connection.onHover(
      this.#handler("hover", positionParams, async ({ textDocument: { uri }, position }) => {
        const config = configs.get(uri);
        if (config) return configHover(config.text, position) ?? null;
        const round = await this.#round(uri);
        return (round && roundHover(round, await this.#humanScores(round), position)) ?? null;
      }),
    );
    connection.onCodeLens(
      this.#handler("lenses", documentParams, async ({ textDocument: { uri } }) => {
        const config = configs.get(uri);
        if (config) return configLenses(config.text, uri);
        const round = await this.#round(uri);
        return round ? roundLenses(round) : [];
      }),
    );
    connection.onDocumentSymbol(
      this.#handler("symbols", documentParams, async ({ textDocument: { uri } }) => {
        const config = configs.get(uri);
        if (config) return configSymbols(config.text);
        const round = await this.#round(uri);
        return round ? roundSymbols(round) : [];
      }),
    );
    connection.onFoldingRanges(
      this.#handler("folding", documentParams, async ({ textDocument: { uri } }) => {
        const round = await this.#round(uri);
        return round ? roundFoldings(round) : null;
      }),
    );
    connection.languages.inlayHint.on(
      this.#handler("inlay hints", rangeParams, async ({ textDocument: { uri }, range }) => {
        const round = await this.#round(uri);
        return round ? scoreHints(round, await this.#humanScores(round), range) : [];
      }),
    );
    connection.languages.diagnostics.on(
      this.#handler("diagnostics", documentParams, async ({ textDocument: { uri } }) => {
        const round = await this.#round(uri);
        return { kind: DocumentDiagnosticReportKind.Full, items: round ? roundDiagnostics(round) : [] };
      }),
    );
  }

  /** Validates the parameters of a request, and turns what is thrown into its error. */
  #handler<S extends z.ZodType, R>(
    what: string,
    schema: S,
    answer: (params: z.output<S>) => R | Promise<R>,
  ): (params: unknown) => Promise<R | ResponseError<never>> {
    return async (params) => {
      try {
        if (!this.#options.isCompatible()) throw otherVersion();
        const parsed = schema.safeParse(params);
        if (!parsed.success) throw badParams(what);
        return await answer(parsed.data);
      } catch (error) {
        const failure: ResponseError<ErrorData | undefined> = toResponseError(error, (bug) =>
          this.#options.report(what, bug),
        );
        // The library's types know no error data here; on the wire it is as for every verb.
        return failure as ResponseError<never>;
      }
    };
  }

  /** The round document of a URI; undefined where it names none. @throws SparringError of the store */
  async #round(uri: string): Promise<RoundDocument | undefined> {
    const named = roundOf(uri);
    return named && this.#options.sources.rounds.get(named.run, named.round);
  }

  async #humanScores({ run, record }: RoundDocument): Promise<HumanScores> {
    return humanScores(await this.#options.sources.ratings(run), record.round);
  }
}

function otherVersion(): SparringError {
  return new SparringError(
    "protocol/version",
    "There are no language features here, because this editor's Sparring speaks another version of the protocol than the daemon.",
    "Update the older of the two. Listing, watching, pausing, resuming and stopping runs works meanwhile.",
  );
}

function badParams(what: string): SparringError {
  return new SparringError(
    "protocol/bad-params",
    `The parameters of a request for ${what} are not as the Language Server Protocol says.`,
    "Report this as a bug of the editor's extension.",
  );
}
