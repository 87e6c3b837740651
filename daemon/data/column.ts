/** Numbers that are appended one by one and held in a typed array, 4 or 8 bytes each. */
export class Column<A extends Float64Array | Uint32Array> {
  private numbers: A;
  private used = 0;
  private readonly allocate: (length: number) => A;

  constructor(allocate: (length: number) => A) {
    this.allocate = allocate;
    this.numbers = allocate(1024);
  }

  push(number: number): void {
    if (this.used === this.numbers.length) {
      const grown = this.allocate(2 * this.used);
      grown.set(this.numbers);
      this.numbers = grown;
    }
    this.numbers[this.used++] = number;
  }

  get length(): number {
    return this.used;
  }

  at(index: number): number {
    if (index < 0 || index >= this.used) throw new RangeError(`no number at ${index} of ${this.used}`);
    return this.numbers[index]!;
  }
}
