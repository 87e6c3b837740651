/** Rewrites docs/protocol.md after a change of the protocol: `npm run protocol`. */
import { writeFileSync } from "node:fs";
import { protocolDocument } from "./protocol-document.ts";

writeFileSync(new URL("../../docs/protocol.md", import.meta.url), protocolDocument());
