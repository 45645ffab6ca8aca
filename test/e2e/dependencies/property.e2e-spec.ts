import fc from 'fast-check';
import { Contributors, DatabaseDependencyIndex } from '#dependencies';
import { ALL_SCOPES } from '#kernel';
import type { Contribution } from '#platform/dependencies';
import { createTestApp, type TestApp } from '#testing';
import { GraphCache } from '../../../libs/dependencies/src/graph/graph-cache';
import { GraphJson } from '../../../libs/dependencies/src/graph/graph-json';
import { wholeGraph } from '../../../libs/dependencies/src/graph/subgraph';
import { LivingOrganization, type Draw } from './living-organization';

/* Whatever happens in an organization, its graph is what it would be if it were computed from scratch. */

const RUNS = 6;
const STEPS = 60;

/** Each run is a life of its own. */
jest.setTimeout(600_000);

describe('the graph that is kept', () => {
  let app: TestApp;
  let token: string;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    token = await app.newToken(ALL_SCOPES);
  });

  afterAll(() => app.stop());

  it('is the one computed from scratch, after whatever happened', async () => {
    const draw = fc.record({
      step: fc.nat(10_000),
      picks: fc.array(fc.nat(1_000), { minLength: 6, maxLength: 6 }),
    });
    const life = fc.array(draw, { minLength: STEPS, maxLength: STEPS });
    await fc.assert(fc.asyncProperty(life, live), { numRuns: RUNS, endOnFailure: true });
  });

  async function live(draws: readonly Draw[]): Promise<void> {
    const organizationId = await app.newOrganization();
    const organization = new LivingOrganization(app.api(token, organizationId));
    await organization.begin(draws[0]!.picks);
    const done: string[] = [];
    for (const draw of draws) {
      done.push(await organization.live(draw));
      const [kept, scratch] = [await stored(organizationId), await computed(organizationId)];
      expect({ done, ...kept }).toEqual({ done, ...scratch });
      const [followed, anew] = [await remembered(organizationId), await readAnew(organizationId)];
      expect({ done, told: followed }).toEqual({ done, told: anew });
    }
    await requireNothingDangles(organizationId);
  }

  /** What the process tells, which has followed each change. */
  const remembered = (organizationId: string): Promise<string> =>
    told(app.nest.get(GraphCache, { strict: false }), organizationId);

  const readAnew = (organizationId: string): Promise<string> => {
    const [index, contributors] = [app.nest.get(DatabaseDependencyIndex), app.nest.get(Contributors)];
    return told(new GraphCache(index, contributors), organizationId);
  };

  const told = async (graphs: GraphCache, organizationId: string): Promise<string> =>
    new GraphJson().write(wholeGraph(await graphs.get(organizationId)), new Map()).toString();

  /** Entities and references, as lines in order. */
  async function stored(organizationId: string): Promise<Record<'entities' | 'references', string[]>> {
    const lines = (sql: string) =>
      app.database.asSystem(async (manager) =>
        (await manager.query<{ line: string }[]>(sql, [organizationId])).map(({ line }) => line).sort(),
      );
    return {
      entities: await lines(
        `SELECT concat_ws(' ', type, key, id, name) AS line FROM dependency_entities WHERE organization_id = $1`,
      ),
      references: await lines(
        `SELECT concat_ws(' ', source_type, source_key, kind, target_type, target_key, place) AS line
         FROM dependency_references, unnest(via) AS place WHERE organization_id = $1`,
      ),
    };
  }

  async function computed(organizationId: string): Promise<Record<'entities' | 'references', string[]>> {
    const all = await app.database.inOrganization(organizationId, () => app.nest.get(Contributors).all(organizationId));
    return { entities: all.map(entityLine).sort(), references: [...new Set(all.flatMap(referenceLines))].sort() };
  }

  const entityLine = ({ entity: { type, key, id, name } }: Contribution): string => [type, key, id, name].join(' ');

  const referenceLines = ({ entity, references }: Contribution): string[] =>
    references.map(({ kind, type, key, via }) => [entity.type, entity.key, kind, type, key, via].join(' '));

  async function requireNothingDangles(organizationId: string): Promise<void> {
    const { nodes, edges } = (await app.api(token, organizationId).get('/dependencies/graph')).body.data as {
      nodes: { key: string }[];
      edges: { source: string; target: string }[];
    };
    const known = new Set(nodes.map(({ key }) => key));
    expect(edges.filter(({ source, target }) => !known.has(source) || !known.has(target))).toEqual([]);
    expect(known.size).toBeGreaterThan(0);
  }
});
