import type { ResultOf } from "../../daemon/protocol.ts";

/** Whether a run imitates data: there is no Challenger, and nobody judges. Only what imitates has data. */
export function isImitation({ config }: Pick<ResultOf<"sparring/run/get">, "config">): boolean {
  const { imitation } = config;
  return (
    typeof imitation === "object" && imitation !== null && "data" in imitation && typeof imitation.data === "string"
  );
}
