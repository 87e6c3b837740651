/**
 * One record of a TFRecord file: the data's length (8 bytes, little endian), a checksum of those 8 bytes, the data, and a
 * checksum of the data. Checksums are CRC-32C, masked as TensorFlow does it.
 */
export function tfRecord(data: Uint8Array): Buffer {
  const record = Buffer.alloc(8 + 4 + data.length + 4);
  record.writeBigUInt64LE(BigInt(data.length), 0);
  record.writeUInt32LE(masked(crc32c(record.subarray(0, 8))), 8);
  record.set(data, 12);
  record.writeUInt32LE(masked(crc32c(data)), 12 + data.length);
  return record;
}

/** CRC-32C (Castagnoli) of the bytes. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** Castagnoli's polynomial, bits reversed. */
const polynomial = 0x82f63b78;

/** The checksum's remainder of each byte. */
const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc;
});

/** A checksum of data that holds checksums would be weak: TensorFlow turns it by 15 bits and adds a constant. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
