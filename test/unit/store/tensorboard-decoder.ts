import assert from "node:assert/strict";

/** Reads event files without any of the code that writes them: after the formats' descriptions, byte by byte. */
export interface DecodedEvent {
  wallTime?: number;
  step: number;
  version?: string;
  isStart: boolean;
  values: [tag: string, value: number][];
}

/** By tag, what a chart shows: (step, value). */
export type Shown = Record<string, [step: number, value: number][]>;

/**
 * What TensorBoard shows of files that it reads one after the other: a session's start takes away its step and later ones.
 */
export function showAll(files: readonly Uint8Array[]): Shown {
  const shown: Shown = {};
  for (const file of files) {
    const events = decodeEvents(file);
    assert.equal(events[0]?.version, "brain.Event:2");
    for (const { step, isStart, values } of events) {
      if (isStart) {
        for (const [tag, points] of Object.entries(shown)) shown[tag] = points.filter(([at]) => at < step);
      }
      for (const [tag, value] of values) shown[tag] = [...(shown[tag] ?? []), [step, value]];
    }
  }
  return shown;
}

/** The events of a file; fails at a wrong length or checksum. */
export function decodeEvents(file: Uint8Array): DecodedEvent[] {
  const bytes = Buffer.from(file);
  const events: DecodedEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    const data = bytes.subarray(at + 12, at + 12 + length);
    assert.equal(data.length, length, "the file ends in the middle of an event");
    assert.equal(bytes.readUInt32LE(at + 8), maskedChecksum(bytes.subarray(at, at + 8)));
    assert.equal(bytes.readUInt32LE(at + 12 + length), maskedChecksum(data));
    events.push(decodeEvent(data));
    at += 16 + length;
  }
  return events;
}

function decodeEvent(data: Buffer): DecodedEvent {
  const event: DecodedEvent = { step: 0, isStart: false, values: [] };
  for (const [id, value] of fields(data)) {
    if (id === 1) event.wallTime = (value as Buffer).readDoubleLE();
    if (id === 2) event.step = value as number;
    if (id === 3) event.version = String(value);
    if (id === 5) for (const [, each] of fields(value as Buffer)) event.values.push(decodeValue(each as Buffer));
    if (id === 7) event.isStart = fields(value as Buffer).some(([key, status]) => key === 1 && status === 1);
  }
  return event;
}

function decodeValue(data: Buffer): [string, number] {
  const byId = new Map(fields(data));
  return [String(byId.get(1) ?? ""), (byId.get(2) as Buffer).readFloatLE()];
}

/** Protobuf's wire format: (field number, number or bytes). */
function fields(data: Buffer): [id: number, value: number | Buffer][] {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = data[at++]!;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  };
  const take = (length: number): Buffer => {
    at += length;
    return data.subarray(at - length, at);
  };
  const found: [number, number | Buffer][] = [];
  while (at < data.length) {
    const key = varint();
    const kind = key % 8;
    assert.ok(kind === 0 || kind === 1 || kind === 2 || kind === 5, `wire type ${kind}`);
    const value = kind === 0 ? varint() : take(kind === 1 ? 8 : kind === 5 ? 4 : varint());
    found.push([Math.floor(key / 8), value]);
  }
  return found;
}

/** CRC-32C by long division over GF(2), a bit at a time, and TensorFlow's mask in exact integers. */
function maskedChecksum(data: Buffer): number {
  let remainder = 0xffffffffn;
  for (const byte of data) {
    remainder ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) {
      remainder = remainder & 1n ? (remainder >> 1n) ^ 0x82f63b78n : remainder >> 1n;
    }
  }
  const crc = remainder ^ 0xffffffffn;
  return Number((((crc >> 15n) | (crc << 17n)) + 0xa282ead8n) & 0xffffffffn);
}
