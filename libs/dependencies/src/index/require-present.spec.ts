import type { Contribution } from '#platform/dependencies';
import { requirePresent } from './require-present';

const line = { type: 'connection', key: '1' };
const shop = { type: 'connection', key: '2' };

const pipeline: Contribution = {
  entity: { type: 'pipeline', key: 'p', id: 'p', name: 'Fill' },
  references: [line, shop].map((target, index) => ({ ...target, kind: 'uses', via: `nodes[${index}]` })),
};

it('takes what is there, and what never was', () => {
  requirePresent([pipeline], [line, shop], [line, shop]);
  requirePresent([pipeline], [line], [line]);
});

it('refuses what refers to something that is gone', () => {
  const refused = expect.objectContaining({
    kind: 'conflict',
    message: 'Connection 2 was deleted meanwhile, and pipeline Fill refers to it at nodes[1]',
    details: { gone: [{ type: 'pipeline', name: 'Fill', via: 'nodes[1]', target: { type: 'connection', id: '2' } }] },
  }) as Error;
  expect(() => requirePresent([pipeline], [line, shop], [line])).toThrow(refused);
});

it('leaves alone what nobody refers to any more', () => {
  requirePresent([{ ...pipeline, references: [] }], [line], []);
});
