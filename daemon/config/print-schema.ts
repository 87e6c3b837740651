/** Writes the published JSON Schema: `npm run schema`. */
import { writeFileSync } from "node:fs";
import { configJsonSchema } from "./json-schema.ts";

writeFileSync(new URL("sparring.schema.json", import.meta.url), `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
