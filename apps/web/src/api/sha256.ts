/* SHA-256 (FIPS 180-4), for the one place where browsers withhold theirs: see `challengeOf`. */

const PRIMES: number[] = [];
for (let candidate = 2; PRIMES.length < 64; candidate++) {
  if (PRIMES.every((prime) => candidate % prime !== 0)) PRIMES.push(candidate);
}

/** The first 32 bits of the fractional part. */
const fraction = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;

const START = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const ROUND = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

export function sha256(message: Uint8Array): Uint8Array {
  const blocks = padded(message);
  const view = new DataView(blocks.buffer);
  const hash = [...START];
  for (let offset = 0; offset < blocks.length; offset += 64) {
    const words = Array.from({ length: 16 }, (_, index) => view.getInt32(offset + index * 4));
    for (let index = 16; index < 64; index++) words.push(nextWord(words, index));
    const rounds = words.reduce(round, [...hash]);
    rounds.forEach((word, index) => (hash[index] = (hash[index]! + word) | 0));
  }
  const digest = new DataView(new ArrayBuffer(32));
  hash.forEach((word, index) => digest.setInt32(index * 4, word));
  return new Uint8Array(digest.buffer);
}

function padded(message: Uint8Array): Uint8Array {
  const blocks = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64);
  blocks.set(message);
  blocks[message.length] = 0x80;
  new DataView(blocks.buffer).setUint32(blocks.length - 4, message.length * 8);
  return blocks;
}

function nextWord(words: readonly number[], index: number): number {
  const [a, b] = [words[index - 15]!, words[index - 2]!];
  const low = rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3);
  const high = rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10);
  return (words[index - 16]! + low + words[index - 7]! + high) | 0;
}

function round(state: readonly number[], word: number, index: number): number[] {
  const [a, b, c, d, e, f, g, h] = state as [number, number, number, number, number, number, number, number];
  const choice = (e & f) ^ (~e & g);
  const majority = (a & b) ^ (a & c) ^ (b & c);
  const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + ROUND[index]! + word) | 0;
  const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority) | 0;
  return [(first + second) | 0, a, b, c, (d + first) | 0, e, f, g];
}
