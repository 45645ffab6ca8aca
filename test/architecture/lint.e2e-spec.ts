import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/*
 * The boundaries are worth what the linter sees of them: each text breaks rules where a real file stands. Lines are
 * named by number; a line that is not named must pass.
 */
const CASES: Record<string, { text: string; breaks: string[] }> = {
  'libs/uns/src/topics/topics.service.ts': {
    text: [
      `import { topicProblem } from '#kernel';`,
      `import { Database } from '#platform/database';`,
      `import { PipelinesService } from '#pipelines';`,
      `import { TopicsService } from '#uns';`,
      `import { Caller } from '#platform/http/access';`,
      `import { Config } from '../../../platform/src/config';`,
      `import { createTestApp } from '#testing';`,
      `import { forwardRef } from '@nestjs/common';`,
      `import { NotFoundException } from '@nestjs/common';`,
      `export const all = [topicProblem, Database, PipelinesService, TopicsService, Caller, Config, createTestApp];`,
      `export const more = [forwardRef, NotFoundException, process.env['HOME']];`,
    ].join('\n'),
    breaks: [...[3, 4, 5, 6, 7, 8, 9].map((line) => `${line} no-restricted-imports`), '11 no-restricted-syntax'],
  },
  'libs/identity/src/index.ts': {
    text: `export { OrganizationsModule } from '#organizations';\nexport * from '#uns';`,
    breaks: ['2 no-restricted-imports'],
  },
  'libs/organizations/src/index.ts': {
    text: `export * from '#platform/config';\nexport * from '#identity';`,
    breaks: ['2 no-restricted-imports'],
  },
  'libs/platform/src/crypto/index.ts': {
    text: `export * from '#kernel';\nexport * from '#uns';\nexport * from '../config';\nexport * from '../config/settings';`,
    breaks: ['2 no-restricted-imports', '4 no-restricted-imports'],
  },
  'libs/kernel/src/ids.ts': {
    text: `export { v7 } from 'uuid';\nexport * from '#platform/config';`,
    breaks: ['2 no-restricted-imports'],
  },
  'apps/api/src/main.ts': {
    text: `export * from '#uns';\nexport * from '../../../libs/uns/src';\nexport * from '#testing';`,
    breaks: ['2 no-restricted-imports', '3 no-restricted-imports'],
  },
  'apps/web/src/main.tsx': {
    text: `export * from '#kernel';\nexport * from 'node:fs';\nexport * from './api/client';`,
    breaks: ['1 no-restricted-imports', '2 no-restricted-imports'],
  },
  'libs/platform/src/lifecycle/lifecycle.spec.ts': {
    text: [
      `import { eventually } from '#testing';`,
      `it.only('is alone', async () => { await eventually(() => true); });`,
      `describe.skip('is left out', () => undefined);`,
      `it('sleeps', async () => { await new Promise((resolve) => setTimeout(resolve, 100)); });`,
    ].join('\n'),
    breaks: ['2 no-restricted-syntax', '3 no-restricted-syntax', '4 no-restricted-syntax'],
  },
};

/** What concerns types, in texts that import what is not there. */
const OF_INTEREST = /no-restricted|Parsing/;

describe('the lint configuration', () => {
  let found: Record<string, string[]>;

  beforeAll(() => {
    const texts = Object.fromEntries(Object.entries(CASES).map(([path, { text }]) => [path, text]));
    const output = execFileSync(process.execPath, [join(__dirname, 'lint-texts.cjs')], {
      input: JSON.stringify(texts),
      encoding: 'utf8',
    });
    found = JSON.parse(output);
  });

  it.each(Object.keys(CASES))('guards the boundaries of %s', (path) => {
    expect(found[path]!.filter((line) => OF_INTEREST.test(line)).sort(byLine)).toEqual(CASES[path]!.breaks);
  });
});

const byLine = (a: string, b: string): number => parseInt(a, 10) - parseInt(b, 10);
