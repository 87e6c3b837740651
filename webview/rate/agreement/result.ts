import type { ResultOf } from "../../../daemon/protocol.ts";

/** How far judge and people agree, as the daemon says it. */
export type Agreement = ResultOf<"sparring/judge/agreement">;
