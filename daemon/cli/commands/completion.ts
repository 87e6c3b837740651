import { namesAndSettings, usageError } from "../arguments.ts";
import { exitCodes } from "../cli.ts";
import type { Command } from "../command.ts";
import { completionScript, shells } from "../completion/scripts.ts";

/** `sparring completion <shell>`: a script that teaches a shell to complete commands, options and ids. */
export const completion: Command = {
  name: "completion",
  group: "Set up",
  usage: `<${shells.join("|")}>`,
  summary: "Print the script that completes commands and runs in a shell.",
  details: 'Where it goes is its first line; for bash: eval "$(sparring completion bash)" in ~/.bashrc.',
  options: {},
  completes: shells,
  async run(cli, args) {
    const { names } = namesAndSettings(completion, args.positionals, ["a shell: bash, zsh or fish"], "no settings");
    const shell = shells.find((each) => each === names[0]);
    if (!shell) throw usageError(`there is no script for ${JSON.stringify(names[0])}`, completion);
    cli.stdout.write(completionScript(shell));
    return exitCodes.ok;
  },
};
