/** Resolves a model by the environment's settings, as the daemon does, and writes what it found: `hub-child.ts <model>`. */
import { resolveModel } from "../../daemon/models/resolve.ts";

const found = await resolveModel(process.argv[2]!, process.cwd());
process.stdout.write(JSON.stringify(found));
