// An entropy coder: a row of choices as one whole number, in which a choice takes the fewer digits the more often it was made before.

/** A choice that cannot be written, or a number that no row of choices made. */
export class CoderError extends Error {
  override name = 'CoderError';
}

/** What one more time adds to a count, which begins with one: so the first few times tell much (Krichevsky and Trofimov, 1981). */
const LEARNING = 2;

/** How often each of some symbols has come up so far. */
export class Frequencies {
  readonly #counts: number[];
  #total: number;

  /** Every symbol begins with a count of one. */
  constructor(symbols: number) {
    this.#counts = new Array<number>(symbols).fill(1);
    this.#total = symbols;
  }

  get total(): number {
    return this.#total;
  }

  /** The symbol's share of the total: where it begins, and how wide it is. */
  shareOf(symbol: number): { from: number; width: number } {
    let from = 0;
    for (let i = 0; i < symbol; i++) from += this.#counts[i];
    return { from, width: this.#counts[symbol] };
  }

  /** Whose share a place of the total lies in. */
  symbolAt(place: number): number {
    let symbol = 0;
    for (let left = place; left >= this.#counts[symbol]; symbol++) left -= this.#counts[symbol];
    return symbol;
  }

  learn(symbol: number): void {
    this.#counts[symbol] += LEARNING;
    this.#total += LEARNING;
  }
}

/** Where choices go to or come from. One function that walks a shape through it both writes and reads, so the two cannot disagree. */
export interface Coder {
  /** One of `count` values that are equally likely; a reader is not asked for `value`. */
  digit(count: number, value?: number): number;
  symbol(frequencies: Frequencies, value?: number): number;
  /** A whole number below 2^255 with no bound that both sides know: its length in bits, then its bits. */
  whole(value?: bigint): bigint;
}

const LENGTHS = 256;

/** The share of a total that a choice takes. */
interface Share {
  readonly from: bigint;
  readonly width: bigint;
  readonly total: bigint;
}

/**
 * Asymmetric numeral systems (Jarek Duda, 2009), with a number of any length as the state: a choice with the share width/total makes the number
 * total/width times as large. Choices come out last in, first out; so they are written in reverse once all of them are known.
 */
export class Writer implements Coder {
  readonly #shares: Share[] = [];

  digit(count: number, value = 0): number {
    if (!Number.isInteger(value) || value < 0 || value >= count) {
      throw new CoderError(`${value} is not among 0 to ${count - 1}`);
    }
    this.#shares.push({ from: BigInt(value), width: 1n, total: BigInt(count) });
    return value;
  }

  symbol(frequencies: Frequencies, value = 0): number {
    const { from, width } = frequencies.shareOf(value);
    this.#shares.push({ from: BigInt(from), width: BigInt(width), total: BigInt(frequencies.total) });
    frequencies.learn(value);
    return value;
  }

  whole(value = 0n): bigint {
    const length = value === 0n ? 0 : value.toString(2).length;
    this.digit(LENGTHS, length);
    const half = halfOf(length);
    if (half > 1n) this.#shares.push({ from: value - half, width: 1n, total: half });
    return value;
  }

  number(): bigint {
    let number = 1n;
    for (const { from, width, total } of this.#shares.toReversed()) {
      number = (number / width) * total + from + (number % width);
    }
    return number;
  }
}

export class Reader implements Coder {
  #number: bigint;

  constructor(number: bigint) {
    this.#number = number;
  }

  digit(count: number): number {
    return Number(this.#take(BigInt(count)));
  }

  symbol(frequencies: Frequencies): number {
    const total = BigInt(frequencies.total);
    const place = this.#number % total;
    const symbol = frequencies.symbolAt(Number(place));
    const { from, width } = frequencies.shareOf(symbol);
    this.#number = (this.#number / total) * BigInt(width) + place - BigInt(from);
    frequencies.learn(symbol);
    return symbol;
  }

  whole(): bigint {
    const half = halfOf(this.digit(LENGTHS));
    return half + (half > 1n ? this.#take(half) : 0n);
  }

  /** @throws CoderError if anything is left over, or was missing on the way: a whole row of choices leads back to 1. */
  end(): void {
    if (this.#number !== 1n) throw new CoderError('the number does not end where its choices end');
  }

  #take(count: bigint): bigint {
    if (count < 1n || this.#number < 1n) throw new CoderError('the number has a choice that nobody had');
    const value = this.#number % count;
    this.#number /= count;
    return value;
  }
}

/** What the top bit of a number of so many bits stands for. */
const halfOf = (length: number): bigint => (length === 0 ? 0n : 1n << BigInt(length - 1));

// Numbers as base64url.

export const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export function toText(number: bigint): string {
  // Strings of binary digits convert in linear time; repeated division would not.
  const bits = number.toString(2);
  const padded = bits.padStart(Math.ceil(bits.length / 6) * 6, '0');
  return padded.replace(/.{6}/g, (six) => LETTERS[Number.parseInt(six, 2)]);
}

/** @throws CoderError for a letter that base64url lacks. */
export function fromText(text: string): bigint {
  const bits = [...text].map((letter) => bitsOf(letter).toString(2).padStart(6, '0')).join('');
  return BigInt(`0b${bits || '0'}`);
}

function bitsOf(letter: string): number {
  const bits = LETTERS.indexOf(letter);
  if (bits < 0) throw new CoderError(`${letter} is no letter of a number`);
  return bits;
}
