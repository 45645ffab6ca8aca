import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip, gunzip } from 'node:zlib';
import { takeTurns } from '#platform/turns';

/** Characters that are compressed at once. */
const PORTION = 64 * 1024;

/** An object as compressed JSON. Others have their turn while that is written: its lists may be very long. */
export const pack = (value: object): Promise<Buffer> => pipeline(portionsOf(value), createGzip(), buffer);

export const unpack = async <T>(packed: Buffer): Promise<T> =>
  JSON.parse((await promisify(gunzip)(packed)).toString('utf8')) as T;

async function* portionsOf(value: object): AsyncGenerator<string> {
  let portion = '';
  for (const text of textsOf(value)) {
    portion += text;
    if (portion.length < PORTION) continue;
    yield portion;
    portion = '';
    await takeTurns();
  }
  yield portion;
}

/** The object's JSON, things of its lists one by one. Nothing in it is undefined. */
function* textsOf(value: object): Generator<string> {
  yield '{';
  for (const [index, [name, member]] of Object.entries(value).entries()) {
    yield `${index > 0 ? ',' : ''}${JSON.stringify(name)}:`;
    if (Array.isArray(member)) yield* textsOfList(member);
    else yield JSON.stringify(member);
  }
  yield '}';
}

function* textsOfList(list: readonly unknown[]): Generator<string> {
  yield '[';
  for (const [index, thing] of list.entries()) yield (index > 0 ? ',' : '') + JSON.stringify(thing);
  yield ']';
}
