import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import { checkDashboard } from './dashboard-exchange';

const json = fc.jsonValue() as fc.Arbitrary<JsonValue>;
const fields = (...names: string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, json])), {
    requiredKeys: [],
  }) as fc.Arbitrary<PortableContent>;
const anything = fc.oneof(
  fc.dictionary(fc.string(), json) as fc.Arbitrary<PortableContent>,
  fields('description', 'timeRange', 'refreshSeconds', 'variables', 'panels', '__proto__', 'constructor'),
  fc
    .array(fields('id', 'title', 'type', 'position', 'queries', 'options'))
    .map((panels): PortableContent => ({ panels: panels.map((panel) => ({ id: 'p', type: 'line', ...panel })) })),
);

const problemsOf = (path: string, content: PortableContent) =>
  checkDashboard(path, content).problems.map(({ field, message }) => `${field}: ${message}`);

describe('the content of a dashboard', () => {
  it('is judged whatever it is, and is then what it stays', () => {
    fc.assert(
      fc.property(fc.oneof(fc.constant('Plant/Line'), fc.string()), anything, (path, content) => {
        const once = checkDashboard(path, content);
        const again = checkDashboard(path, once.content);
        expect(again.content).toEqual(once.content);
        expect(again.problems).toHaveLength(once.problems.length);
      }),
    );
  });

  it('is given every default', () => {
    expect(checkDashboard('Plant/Line', { panels: [{ id: 'p', type: 'text', options: { text: '' } }] })).toMatchObject({
      content: {
        description: null,
        timeRange: { from: 'now-1h', to: 'now' },
        refreshSeconds: 0,
        variables: [],
        panels: [{ id: 'p', title: '', position: { x: 0, y: 0, w: 12, h: 8 }, queries: [] }],
      },
      secrets: [],
    });
  });

  it.each<[string, PortableContent, string[]]>([
    ['', {}, ['name: Name is required']],
    ['a//b', {}, ['name: Name is required']],
    ['1/2/3/4/5/6/7/8/9/name', {}, ['name: Folders must not be deeper than 8 levels']],
    ['a', { folderId: null }, ['folderId: Dashboards are named and placed by their names alone, not by folderId']],
    ['a', { panels: [{ type: 'line' }] }, ['panels[0].id: Id is required']],
    ['a', { timeRange: { from: 'now', to: 'now-1h' } }, [expect.stringMatching(/^timeRange/) as string]],
    [
      'a',
      { panels: [{ id: 'p', type: 'line', queries: [{ topic: 'mHv1.0/${line}' }] }] },
      ['panels[0].queries[0].topic: Variable line is not defined'],
    ],
  ])('of %j is refused with %j', (path, content, problems) => {
    expect(problemsOf(path, content)).toEqual(problems);
  });
});
