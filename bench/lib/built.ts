import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT } from './hub.ts';

const require = createRequire(join(ROOT, 'package.json'));

/** A part of the built platform, by its name (`#platform/database`) or its path under the root. */
export const built = <T>(name: string): T => require(name) as T;
