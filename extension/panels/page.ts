import type { PanelName } from "../../webview/shared/messages.ts";

export interface PageParts {
  readonly panel: PanelName;
  /** Sources of the panel's script and style, as the webview loads them. */
  readonly script: string;
  readonly style: string;
  /** The webview's own origin, as its editor names it for a policy. */
  readonly cspSource: string;
  /** A number used once. */
  readonly nonce: string;
}

/**
 * A panel's page. Its policy allows one script by its number, and styles and fonts of the extension's own folder: no inline style, no
 * picture, no connection, no form that is sent.
 */
export function pageOf({ panel, script, style, cspSource, nonce }: PageParts): string {
  const policy = `default-src 'none'; script-src 'nonce-${nonce}'; style-src ${cspSource}; font-src ${cspSource}; base-uri 'none'; form-action 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${style}">
<title>Sparring: ${panel}</title>
</head>
<body>
<script nonce="${nonce}" src="${script}"></script>
</body>
</html>
`;
}
