import type { Connection } from "../shared/host.ts";
import type { Host } from "../shared/messages.ts";
import type { HeatKind } from "./answers/heat.ts";
import type { PlayedRound, QueryRecord } from "./data/records.ts";

/** What a round is shown from, whatever was played. */
export interface RoundProps {
  readonly host: Host;
  readonly connection: Connection;
  readonly run: string;
  readonly played: PlayedRound;
  /** Its queries in the order in which they are shown, and the one that is open. */
  readonly queries: readonly QueryRecord[];
  readonly query: QueryRecord | undefined;
  readonly answer: number;
  readonly isOpen: boolean;
  readonly heat: HeatKind;
  readonly answerLimit: number;
  readonly onQuery: (index: number) => void;
  readonly onAnswer: (index: number) => void;
}
