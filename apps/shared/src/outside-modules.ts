import type { Type } from '@nestjs/common';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SettingsError } from '#platform/config';

/**
 * The Nest modules that HUB_MODULES names: the default exports of packages or files, found from where the process was
 * started. @throws SettingsError naming the one that cannot be had.
 */
export function outsideModules(names: readonly string[]): Type[] {
  const load = createRequire(join(process.cwd(), 'package.json'));
  return names.map((name) => {
    let found: { default?: unknown };
    try {
      found = load(name) as { default?: unknown };
    } catch (error) {
      throw refusal(`${name} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (typeof found?.default !== 'function') throw refusal(`${name} has no Nest module as its default export`);
    return found.default as Type;
  });
}

const refusal = (problem: string): SettingsError => new SettingsError(`wrong settings:\n  HUB_MODULES: ${problem}`);
