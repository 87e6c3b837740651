import assert from "node:assert/strict";
import { PassThrough } from "node:stream";
import { test } from "node:test";
import fc from "fast-check";
import { type Frame, readFrames, writeFrame } from "../../daemon/engine/frames.ts";

const frame = fc.record({
  header: fc.record({ id: fc.nat(), text: fc.string({ unit: "grapheme" }) }),
  arrays: fc.array(
    fc.oneof(fc.int32Array({ maxLength: 9 }), fc.float32Array({ maxLength: 9 }), fc.float64Array({ maxLength: 9 })),
    { maxLength: 4 },
  ),
});

test("frames survive the stream, however it is cut into chunks", () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 4 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (frames, cuts) => {
        const pipe = new PassThrough();
        for (const each of frames) writeFrame(pipe, each);
        const bytes: Buffer = pipe.read() ?? Buffer.alloc(0);
        const received: Frame[] = [];
        const stream = new PassThrough();
        readFrames(stream, (each) => received.push(each));
        for (let at = 0, cut = 0; at < bytes.length; cut++) {
          const end = at + cuts[cut % cuts.length];
          stream.emit("data", bytes.subarray(at, end));
          at = end;
        }
        assert.deepEqual(
          received,
          frames.map(({ header, arrays }) => ({ header: { ...header }, arrays })),
        );
      },
    ),
  );
});
