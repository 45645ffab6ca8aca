import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** A value as compressed JSON. */
export const pack = (value: object): Promise<Buffer> => promisify(gzip)(JSON.stringify(value));

export const unpack = async <T>(packed: Buffer): Promise<T> =>
  JSON.parse((await promisify(gunzip)(packed)).toString('utf8')) as T;
