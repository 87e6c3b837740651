import protobuf from "protobufjs/light.js";
import type { RoundRecord } from "../records.ts";
import { tfRecord } from "./tfrecord.ts";

/** The part of TensorFlow's event.proto and summary.proto that we write. Field numbers are theirs. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Event: {
      fields: {
        wallTime: { type: "double", id: 1 },
        step: { type: "int64", id: 2 },
        fileVersion: { type: "string", id: 3 },
        summary: { type: "Summary", id: 5 },
        sessionLog: { type: "SessionLog", id: 7 },
      },
    },
    Summary: { fields: { value: { rule: "repeated", type: "Value", id: 1 } } },
    Value: {
      fields: { tag: { type: "string", id: 1 }, simpleValue: { type: "float", id: 2 } },
      // As in theirs: so a value of 0 is written, and not left out as a default.
      oneofs: { value: { oneof: ["simpleValue"] } },
    },
    SessionLog: { fields: { status: { type: "int32", id: 1 } } },
  },
});
const eventType = schema.lookupType("Event");

/** SessionLog.SessionStatus.START */
const start = 1;

/**
 * The beginning of an event file. The session's start makes TensorBoard forget what it has shown of `step` and later ones.
 * @param wallTime seconds since 1970
 */
export function headerEvents(wallTime: number, step: number): Buffer {
  const version = { wallTime, fileVersion: "brain.Event:2" };
  return Buffer.concat([encode(version), encode({ wallTime, step, sessionLog: { status: start } })]);
}

/** The metrics of a round, as one event whose step is the round. Metrics that do not exist are left out. */
export function roundEvent({ round, finishedAt, metrics }: RoundRecord): Buffer {
  const value = Object.entries(metrics)
    .filter(([, number]) => number !== null)
    .map(([tag, simpleValue]) => ({ tag, simpleValue }));
  return encode({ wallTime: Date.parse(finishedAt) / 1000, step: round, summary: { value } });
}

function encode(event: object): Buffer {
  return tfRecord(eventType.encode(event).finish());
}
