import { CodeActionKind, type ServerCapabilities, TextDocumentSyncKind } from "vscode-languageserver";
import { roundScheme } from "../editor.ts";

/** Round documents are read-only and not synced, so an editor pulls what it wants to know about them. */
const roundSelector = [{ scheme: roundScheme }];

/** What the daemon offers an editor that speaks its protocol. */
export const capabilities: ServerCapabilities = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  completionProvider: { triggerCharacters: [" "] },
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite] },
  hoverProvider: true,
  codeLensProvider: {},
  documentSymbolProvider: true,
  foldingRangeProvider: { id: "sparring-folding", documentSelector: roundSelector },
  inlayHintProvider: { id: "sparring-scores", documentSelector: roundSelector },
  diagnosticProvider: {
    id: "sparring-samples",
    documentSelector: roundSelector,
    interFileDependencies: false,
    workspaceDiagnostics: false,
  },
};
