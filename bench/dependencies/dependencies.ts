import { progress, text, wholeNumber, type Benchmark, type Values } from '../lib/benchmark.ts';
import { exchangePart } from './exchange-part.ts';
import { graphPart } from './graph-part.ts';
import type { Options } from './options.ts';

const ENTITIES = 10_000;
const REFERENCES = 50_000;
const READS = 200;
/** Of a plant that somebody described. */
const TOPICS = 22_020;

const PARTS: Readonly<Record<string, (options: Options) => Promise<string>>> = {
  graph: graphPart,
  exchange: exchangePart,
};

export const dependencies: Benchmark = {
  summary: 'the graph of dependencies, and configuration that leaves and enters',
  options: {
    only: { type: 'string', help: `parts, by commas: ${Object.keys(PARTS).join(',')}` },
    entities: { type: 'string', help: `of the part graph: entities (${ENTITIES})` },
    references: { type: 'string', help: `of the part graph: references between them (${REFERENCES})` },
    reads: { type: 'string', help: `of the part graph: requests of each kind (${READS})` },
    topics: { type: 'string', help: `of the part exchange: topics of the file (${TOPICS})` },
    'data-dir': { type: 'string', help: "where the hub's data lies meanwhile (the system's temporary directory)" },
  },
  run,
};

async function run(values: Values): Promise<string> {
  const options: Options = {
    entities: wholeNumber(values, 'entities') ?? ENTITIES,
    references: wholeNumber(values, 'references') ?? REFERENCES,
    reads: wholeNumber(values, 'reads') ?? READS,
    topics: wholeNumber(values, 'topics', 50_000) ?? TOPICS,
    dataDir: text(values, 'data-dir'),
  };
  const sections = ['# Dependencies'];
  for (const name of text(values, 'only')?.split(',') ?? Object.keys(PARTS)) {
    const part = PARTS[name];
    if (!part) throw new Error(`--only: there is no ${name}, but ${Object.keys(PARTS).join(', ')}`);
    progress(`dependencies, ${name}`);
    sections.push(await part(options));
  }
  return `${sections.join('\n\n')}\n`;
}
