import { stripVTControlCharacters } from 'node:util';
import type { Plan } from './hub/plan';
import { showPlan } from './show-plan';

const item = { hash: '', changes: [] };

const PROBLEM = { type: 'pipeline', name: 'Speeds', field: 'nodes[0]', message: 'Type is not known' };

const PLAN: Plan = {
  planId: 'p',
  items: [
    { ...item, type: 'connection', name: 'Press', action: 'create' },
    {
      ...item,
      type: 'pipeline',
      name: 'Speeds',
      action: 'update',
      reason: 'changed here, too',
      changes: [
        { field: 'timeoutSeconds', from: 30, to: 60 },
        { field: 'description', from: 'x'.repeat(100) },
        { field: 'labels.line', to: '1' },
        { field: 'config.sql', from: 'SELECT a\n  FROM b\n LIMIT 1\n', to: 'SELECT a\n  FROM c\n WHERE d\n LIMIT 1\n' },
        {
          field: 'code',
          from: 'return 1;',
          to: Array.from({ length: 12 }, (_, line) => `\u001b[2J${line}`).join('\n'),
        },
      ],
    },
    {
      ...item,
      type: 'model',
      name: 'Motor',
      action: 'conflict',
      changes: [{ field: 'description', from: 'a', to: 'b' }],
    },
    { ...item, type: 'model', name: 'Same', action: 'unchanged' },
  ],
  secrets: [
    { slot: 'connection:Press#/config/password', description: 'Password', required: true },
    { slot: 'connection:Old#/config/password', description: 'Password', required: false },
  ],
  problems: [PROBLEM, PROBLEM],
};

it('tells what would be done, and why not', () => {
  expect(stripVTControlCharacters(showPlan(PLAN))).toBe(`+ connection Press
~ pipeline Speeds
    changed here, too
    timeoutSeconds: 30 → 60
    description: "${'x'.repeat(59)}… → nothing
    labels.line: "1"
    config.sql:
      -   FROM b
      +   FROM c
      +  WHERE d
    code:
      - return 1;
${Array.from({ length: 10 }, (_, line) => `      + \\u001b[2J${line}`).join('\n')}
      + … and 2 more
! model Motor
    description: "a" → "b"

Secrets that are needed:
  connection:Press#/config/password

Problems:
  pipeline Speeds nodes[0]: Type is not known

1 to create, 1 to update, 1 in conflict, 1 unchanged, 1 to be mended first
`);
});

it('is one line where nothing is to be done', () => {
  expect(showPlan({ ...PLAN, items: [PLAN.items[3]!], secrets: [], problems: [] })).toBe('1 unchanged\n');
});
