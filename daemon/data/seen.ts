import { hash } from "node:crypto";

const words = 4;

/**
 * Which texts were seen, by 128 bits of their SHA-256: a table with open addressing, at most half full, so 32 to 64 bytes a
 * text. Two texts of a billion are taken for one with a probability of 10⁻²¹.
 */
export class Seen {
  private table = new Uint32Array(words * 1024);
  private size = 0;

  /** @returns whether the text is new */
  add(text: string): boolean {
    const digest = hash("sha256", text, "buffer");
    const key = Uint32Array.from({ length: words }, (_, i) => digest.readUInt32LE(4 * i));
    if (2 * words * (this.size + 1) > this.table.length) this.grow();
    const place = this.place(key);
    if (this.isTaken(place)) return false;
    this.table.set(key, place);
    this.size++;
    return true;
  }

  /** Where a key stands, or the free place where it belongs. */
  private place(key: Uint32Array): number {
    const last = this.table.length - words;
    let place = (key[0]! * words) & last;
    while (this.isTaken(place) && !key.every((word, i) => this.table[place + i] === word)) {
      place = (place + words) & last;
    }
    return place;
  }

  /** A free place is all zero, which no SHA-256 that anybody found begins with. */
  private isTaken(place: number): boolean {
    const { table } = this;
    return (table[place]! | table[place + 1]! | table[place + 2]! | table[place + 3]!) !== 0;
  }

  private grow(): void {
    const { table } = this;
    this.table = new Uint32Array(2 * table.length);
    for (let at = 0; at < table.length; at += words) {
      const key = table.subarray(at, at + words);
      if (key.some((word) => word !== 0)) this.table.set(key, this.place(key));
    }
  }
}
