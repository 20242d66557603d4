/** Memory for parts on their way: never more than the budget, and the same again and again. */
export class BufferPool {
  readonly #budget: number;
  #allocated = 0;
  readonly #free: Buffer[] = [];
  readonly #waiting: (() => void)[] = [];

  /** Bytes. */
  constructor(budget: number) {
    this.#budget = budget;
  }

  /** Runs the work with memory of exactly `bytes`, as soon as there is some. A larger one than the budget gets it alone. */
  async with<Result>(bytes: number, work: (buffer: Buffer) => Promise<Result>): Promise<Result> {
    const buffer = await this.#take(bytes);
    try {
      return await work(buffer.subarray(0, bytes));
    } finally {
      this.#free.push(buffer);
      // All look again: the first one may need more than there is now.
      for (const look of this.#waiting.splice(0)) look();
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    for (;;) {
      const found = this.#free.findIndex((buffer) => buffer.length >= bytes);
      const buffer = found >= 0 ? this.#free.splice(found, 1)[0] : this.#allocate(bytes);
      if (buffer !== undefined) return buffer;
      await new Promise<void>((look) => this.#waiting.push(look));
    }
  }

  #allocate(bytes: number): Buffer | undefined {
    while (this.#allocated + bytes > this.#budget && this.#free.length > 0) {
      this.#allocated -= this.#free.pop()?.length ?? 0;
    }
    if (this.#allocated > 0 && this.#allocated + bytes > this.#budget) return undefined;
    this.#allocated += bytes;
    return Buffer.allocUnsafeSlow(bytes);
  }
}
