import { imitation } from "./imitation.ts";
import { lspVsZero } from "./lsp-vs-zero.ts";
import type { Study } from "./study.ts";

/** Every study that there is. */
export const studies: readonly Study[] = [lspVsZero, imitation];
