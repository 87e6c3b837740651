import { z } from "zod";

/** Parameters of the Language Server Protocol's requests, as far as they are used: validated where they enter. */

const count = z.number().int().min(0).max(2_147_483_647);
const position = z.object({ line: count, character: count });
const range = z.object({ start: position, end: position });
const textDocument = z.object({ uri: z.string().max(10_000) });

export const documentParams = z.object({ textDocument });
export const positionParams = z.object({ textDocument, position });
export const rangeParams = z.object({ textDocument, range });
export const openParams = z.object({
  textDocument: textDocument.extend({ languageId: z.string(), version: z.number().int(), text: z.string() }),
});
export const changeParams = z.object({
  textDocument: textDocument.extend({ version: z.number().int() }),
  contentChanges: z.array(z.union([z.object({ range, text: z.string() }), z.object({ text: z.string() })])),
});

/** Of what an editor says that it can do: whether it asks again for what is beside the lines. */
export const refreshCapabilities = z.object({
  capabilities: z.object({
    workspace: z
      .object({
        inlayHint: z.object({ refreshSupport: z.boolean().optional() }).optional(),
        codeLens: z.object({ refreshSupport: z.boolean().optional() }).optional(),
      })
      .optional(),
  }),
});
