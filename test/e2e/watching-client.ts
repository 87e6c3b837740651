/* A client process that watches a run until it is killed: `watching-client.ts <home> <run>`. Prints a line for each snapshot. */
import { connect } from "../../daemon/client/connect.ts";

const [home, run] = process.argv.slice(2);
const client = await connect({ home: home!, client: { name: "watching", version: "1" }, start: false });
client.on("sparring/round/progress", ({ round }) => console.log(round));
await client.request("sparring/run/watch", { run: run! });
