const separator = 0;
const partOfWord = 1;
/** Scripts that are written without blanks: each of their letters counts as a word. */
const wordOfItsOwn = 2;

/** What each UTF-16 code unit is for words; halves of surrogate pairs are parts of words. */
const kinds = kindsOfCodeUnits();

function kindsOfCodeUnits(): Uint8Array {
  const kinds = new Uint8Array(65_536);
  const letter = /[\p{L}\p{N}\p{M}\p{Cs}]/u;
  const alone =
    /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
  for (let unit = 0; unit < kinds.length; unit++) {
    const character = String.fromCharCode(unit);
    if (letter.test(character)) kinds[unit] = alone.test(character) ? wordOfItsOwn : partOfWord;
  }
  return kinds;
}

/** Hashes of a text's words, in order; the arrays are used again for the next text. */
export interface WordHashes {
  low: Uint32Array;
  high: Uint32Array;
  count: number;
}

export function emptyHashes(): WordHashes {
  return { low: new Uint32Array(1024), high: new Uint32Array(1024), count: 0 };
}

/** Runs of letters and digits, whatever their case and Unicode form; punctuation and spaces are between words. */
export function hashWords(text: string, into: WordHashes): void {
  const folded = text.normalize("NFC").toLowerCase();
  into.count = 0;
  let low = 0;
  let high = 0;
  let length = 0;
  for (let index = 0; index < folded.length; index++) {
    const unit = folded.charCodeAt(index);
    const kind = kinds[unit];
    if (length > 0 && kind !== partOfWord) {
      add(into, low, high);
      length = 0;
    }
    if (kind === separator) continue;
    if (length === 0) {
      low = 0x811c9dc5;
      high = 0x9747b28c;
    }
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit, 0x5bd1e995);
    high ^= high >>> 15;
    length++;
    if (kind === wordOfItsOwn) {
      add(into, low, high);
      length = 0;
    }
  }
  if (length > 0) add(into, low, high);
}

function add(into: WordHashes, low: number, high: number): void {
  if (into.count === into.low.length) grow(into);
  into.low[into.count] = mix(low);
  into.high[into.count] = mix(high);
  into.count++;
}

export function grow(hashes: WordHashes): void {
  hashes.low = doubled(hashes.low);
  hashes.high = doubled(hashes.high);
}

function doubled(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** Every bit of the answer depends on every bit of a 32-bit integer: MurmurHash3's finaliser. */
export function mix(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x85ebca6b);
  bits ^= bits >>> 13;
  bits = Math.imul(bits, 0xc2b2ae35);
  return bits ^ (bits >>> 16);
}
