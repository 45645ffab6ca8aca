import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECRET_SETTINGS, SETTINGS } from '#platform/config';
import { expectCommitted, replaceBlock } from './generated';
import { settingsTable } from './settings-table';

const ROOT = join(__dirname, '../..');

/** Read by the test runner alone. */
const OF_TESTS = ['HUB_TEST_SKIP_SERVICES', 'HUB_TEST_TIMESCALE', 'HUB_UPDATE_CONTRACT'];

/** Read by the command line (apps/cli), which is no part of an instance. */
const OF_CLIENTS = ['HUB_URL', 'HUB_TOKEN', 'HUB_TOKEN_FILE', 'HUB_ORGANIZATION'];

/** What a script of the documentation puts in by itself. */
const OF_EXAMPLES = ['HUB_PASSWORD'];

describe('the documented settings', () => {
  const known = [
    ...Object.keys(SETTINGS),
    ...SECRET_SETTINGS.map((name) => `${name}_FILE`),
    ...OF_TESTS,
    ...OF_CLIENTS,
    ...OF_EXAMPLES,
  ];

  const documents = globSync(['*.md', 'docs/**/*.md', 'docker/**/*', 'libs/**/README.md', 'bench/README.md'], {
    cwd: ROOT,
  }).filter((path) => existsSync(join(ROOT, path)) && /\.\w+$|Dockerfile$/.test(path));

  it('are those of the code, in the table of README.md (npm test -- --update-contract writes it)', () => {
    expectCommitted(join(ROOT, 'README.md'), (readme) => replaceBlock(readme, 'settings', settingsTable()));
  });

  it.each(documents)('exist, in %s', (path) => {
    const names = readFileSync(join(ROOT, path), 'utf8').match(
      /\b(?:HUB|LOG)_[A-Z_]+\b|\b(?:DATABASE|REDIS|MQTT)_URL\w*\b/g,
    );
    expect((names ?? []).filter((name) => !known.includes(name))).toEqual([]);
  });
});
