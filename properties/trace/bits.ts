// Numbers as bits, six a letter of base64url. One function that walks a shape through `Bits` both writes and reads, so the two cannot disagree.

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const A_LETTER = 6;

/** Where numbers go to or come from; a reader is given no value. All throw RangeError for what cannot be. */
export abstract class Bits {
  /** `width` bits, at most 31. */
  protected abstract bits(width: number, value?: number): number;

  /** One of `count` values, in as many bits as the greatest of them has. */
  below(count: number, value?: number): number {
    const one = this.bits(32 - Math.clz32(count - 1), value);
    if (!Number.isInteger(one) || one < 0 || one >= count)
      throw new RangeError(`${one} is not among 0 to ${count - 1}`);
    return one;
  }

  /** A whole number below 2^255 with no bound that both sides know: three bits at a time, the lowest first, each with a bit that says whether more come. */
  large(value?: bigint): bigint {
    let all = 0n;
    for (let at = 0n; ; at += GROUP) {
      if (at === MOST) throw new RangeError('a number has more than 255 bits');
      const left = value === undefined ? undefined : value >> at;
      const group = this.bits(4, left === undefined ? undefined : Number(left & 7n) | (left > 7n ? 8 : 0));
      all |= BigInt(group & 7) << at;
      if (group < 8) return all;
    }
  }

  /** A count that a page can hold. */
  whole(value?: number): number {
    const one = Number(this.large(value === undefined ? undefined : BigInt(value)));
    if (one > 1 << 30) throw new RangeError(`${one} is more than a trace has of anything`);
    return one;
  }
}

const GROUP = 3n;
const MOST = 255n;

export class BitWriter extends Bits {
  readonly #most: number;
  #text = '';
  #count = 0;
  #letter = 0;

  /** @param most bits: more are refused. */
  constructor(most: number) {
    super();
    this.#most = most;
  }

  protected bits(width: number, value = 0): number {
    this.#count += width;
    if (this.#count > this.#most)
      throw new RangeError(
        `it takes more than ${Math.floor(this.#most / A_LETTER)} characters, export it as a file`,
      );
    for (let bit = width - 1; bit >= 0; bit--) {
      this.#letter = (this.#letter << 1) | ((value >>> bit) & 1);
      if ((this.#count - bit) % A_LETTER !== 0) continue;
      this.#text += LETTERS[this.#letter];
      this.#letter = 0;
    }
    return value;
  }

  /** All that was written; zeros fill the last letter. */
  text(): string {
    const rest = this.#count % A_LETTER;
    return rest === 0 ? this.#text : this.#text + LETTERS[this.#letter << (A_LETTER - rest)];
  }
}

export class BitReader extends Bits {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  protected bits(width: number): number {
    let value = 0;
    for (let k = 0; k < width; k++, this.#at++) {
      const letter = LETTERS.indexOf(this.#text[Math.floor(this.#at / A_LETTER)] ?? '.');
      if (letter < 0)
        throw new RangeError('it ends, or has a letter that no number has, where more was to come');
      value = (value << 1) | ((letter >>> (A_LETTER - 1 - (this.#at % A_LETTER))) & 1);
    }
    return value;
  }

  /** Nothing but the zeros that fill the last letter may be left. */
  end(): void {
    const left = this.#text.length * A_LETTER - this.#at;
    if (left >= A_LETTER || this.bits(left) !== 0)
      throw new RangeError('it does not end where its trace ends');
  }
}
