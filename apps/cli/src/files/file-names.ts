import { createHash } from 'node:crypto';

/** What some file system does not take, and `%`, by which it is written instead. */
const UNSAFE = /[<>:"\\|?*%]|\p{Cc}/gu;
/** Windows keeps these for devices, whatever their ending. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i;
/** Bytes of one name; most file systems take 255. */
const LONGEST = 180;

/** `functions/Press/Read speed.yaml`: where an entity's file lies. Entities that differ may have the same place. */
export function placeOf({ type, name }: { type: string; name: string }): string {
  return `${safeName(type)}s/${name.split('/').map(safeName).join('/')}.yaml`;
}

/** Places that some file system takes for the same: those that differ in case, or in how their accents are written. */
export const foldedPlace = (place: string): string => place.normalize('NFC').toLowerCase();

/** The place, or where one is taken that some file system takes for the same, another beside it. */
export function freePlace(entity: { type: string; name: string }, taken: ReadonlySet<string>): string {
  const place = placeOf(entity);
  if (!taken.has(foldedPlace(place))) return place;
  return place.replace(/\.yaml$/, `~${digest(entity.name)}.yaml`);
}

function safeName(name: string): string {
  const safe = name
    .replace(UNSAFE, encoded)
    .replace(/^\./, '%2E')
    // A topic `a.yaml` would be the directory of what lies below it, and `a` a file of that name.
    .replace(/\.(?:yaml|yml|json)$/i, (ending) => `%2E${ending.slice(1)}`)
    .replace(/[. ]$/, encoded)
    .replace(RESERVED, (device) => encoded(device[0]!) + device.slice(1));
  if (safe === '') return '%';
  return Buffer.byteLength(safe) <= LONGEST ? safe : `${cut(safe)}~${digest(name)}`;
}

const encoded = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

/** At the end of a character. */
const cut = (text: string): string =>
  new TextDecoder('utf-8').decode(Buffer.from(text).subarray(0, LONGEST - 10)).replace(/\uFFFD+$/, '');

const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8);
