import { configJsonSchema } from "../../config/json-schema.ts";
import { namesAndSettings } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";

/** `sparring schema`: the JSON Schema of config files. */
export const schema: Command = {
  name: "schema",
  group: "Set up",
  usage: "",
  summary: "Print the JSON Schema of config files.",
  details: "Every setting, its default and what it means; for editors and other tools.",
  options: {},
  async run(cli, args) {
    namesAndSettings(schema, args.positionals, [], "no settings");
    cli.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    return exitCodes.ok;
  },
};
