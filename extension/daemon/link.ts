import * as vscode from "vscode";
import { CloseAction, ErrorAction, LanguageClient, type Middleware } from "vscode-languageclient";
import { reachTransports, type Transports } from "../../daemon/client/transports.ts";
import { roundScheme } from "../../daemon/editor.ts";
import { maxFrameBytes } from "../../daemon/protocol.ts";
import { version } from "../../daemon/version.ts";
import { bundledProgram } from "../../daemon/wire/program.ts";
import type { Link } from "./daemon.ts";
import { homeFolder, nodeRuntime } from "./settings.ts";
import { type RawLink, validLink } from "./valid-link.ts";

/** RFC 6455: the other end goes away; the daemon closes its sockets with it when it ends because it was told to. */
const goingAway = 1001;

/** Documents that the language server knows. Rounds are read by their URI, and never sent back. */
const documentSelector = [{ pattern: "**/*.sparring.yaml" }, { scheme: roundScheme }];

/** A longer text is no config, and a frame that long would end the connection, characters. */
const longestSynced = maxFrameBytes / 16;

/**
 * Opens a connection to the daemon of the user's home, with the language client on it.
 * @param root the folder of the extension, whose program a daemon is started from
 * @throws SparringError as `reachTransports`
 */
export async function openLink(root: string, output: vscode.LogOutputChannel, start: boolean): Promise<Link> {
  const transports = await reachTransports({
    home: homeFolder(),
    client: { name: "sparring-vscode", version },
    start,
    program: bundledProgram(root),
    ...(start && { runtime: await nodeRuntime() }),
  });
  const client = new QuietClient("sparring", "Sparring", async () => transports, {
    documentSelector,
    outputChannel: output,
    middleware: syncingConfigsOnly(),
    // This client lives as long as its connection: `Daemon` opens the next one.
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => ({ action: CloseAction.DoNotRestart, handled: true, message: "The connection ended." }),
    },
  });
  const hearing = new vscode.EventEmitter<{ method: string; params: unknown }>();
  for (const method of told) client.onNotification(method, (params: unknown) => hearing.fire({ method, params }));
  try {
    await client.start();
  } catch (error) {
    transports.close();
    throw error;
  }
  return validLink(linkOf(client, transports, hearing));
}

/** Notifications of Sparring's own. */
const told = [
  "sparring/run/changed",
  "sparring/round/progress",
  "sparring/task/progress",
  "sparring/alarm",
  "sparring/rating/changed",
] as const;

function linkOf(
  client: LanguageClient,
  { hello, notice, closed, close }: Transports,
  hearing: vscode.EventEmitter<{ method: string; params: unknown }>,
): RawLink {
  return {
    hello,
    notice,
    async request(method, params, signal) {
      const cancellation = new vscode.CancellationTokenSource();
      const cancel = (): void => cancellation.cancel();
      signal?.addEventListener("abort", cancel, { once: true });
      try {
        return await client.sendRequest(method, params, cancellation.token);
      } finally {
        signal?.removeEventListener("abort", cancel);
      }
    },
    listen: (listener) => void hearing.event(({ method, params }) => listener(method, params)),
    closed: closed.then(({ code, reason }) => {
      hearing.dispose();
      return { reason, isMeant: code === goingAway };
    }),
    async close() {
      // A daemon that does not answer `shutdown` is left all the same.
      await client.stop().catch(() => {});
      close();
    },
  };
}

/** What it would show as a message is in the log: `Daemon` says what a person needs to know. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }
}

/** Sends a document's text to the daemon only where it is a config's. */
function syncingConfigsOnly(): Middleware {
  const synced = new Set<string>();
  const idOf = (document: vscode.TextDocument): string => document.uri.toString();
  return {
    async didOpen(document, next) {
      if (document.uri.scheme === roundScheme || document.getText().length > longestSynced) return;
      synced.add(idOf(document));
      await next(document);
    },
    async didChange(event, next) {
      const isSent = synced.has(idOf(event.document)) && event.document.getText().length <= longestSynced;
      if (isSent) await next(event);
    },
    async didClose(document, next) {
      if (synced.delete(idOf(document))) await next(document);
    },
    // A round is never saved, and its server asks for no save of a config.
    didSave: async (document, next) => (synced.has(idOf(document)) ? next(document) : undefined),
  };
}
