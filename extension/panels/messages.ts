import { z } from "zod";
import type { EditorCommand } from "../../daemon/editor.ts";
import { commandFaces } from "../commands/table.ts";

/**
 * What a webview's script posts, validated: a panel shows a stranger's text, so its host trusts it with no more than the
 * contract has. Parameters of a request are validated by the daemon, arguments of a command by the command.
 */
const schema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready") }),
  z.object({ type: z.literal("ask"), id: z.number().int(), method: z.string(), params: z.unknown() }),
  z.object({ type: z.literal("cancel"), id: z.number().int() }),
  z.object({
    type: z.literal("command"),
    command: z.custom<EditorCommand>((name) => typeof name === "string" && Object.hasOwn(commandFaces, name)),
    args: z.unknown(),
  }),
  z.object({
    type: z.literal("watch"),
    run: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
      .optional(),
  }),
  z.object({ type: z.literal("title"), title: z.string().max(500) }),
]);
export type FromPanel = z.infer<typeof schema>;

/** A message of a panel; undefined for anything else. */
export function parseMessage(message: unknown): FromPanel | undefined {
  return schema.safeParse(message).data;
}
