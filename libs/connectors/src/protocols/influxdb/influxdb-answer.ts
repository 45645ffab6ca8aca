import { StringDecoder } from 'node:string_decoder';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { ResultRows } from '../sql/result-rows';

/** Characters of one portion, and of an answer that is a failure. */
const LONGEST_PORTION = 10 * 1024 * 1024;
const LONGEST_FAILURE = 1_000;

interface Series {
  name?: string;
  tags?: Record<string, string>;
  columns: string[];
  values?: JsonValue[][];
}

interface Portion {
  results?: { series?: Series[]; error?: string }[];
  error?: string;
}

/** Reads portions, each a line of JSON, until there are rows enough. @throws ConnectorError */
export async function readRows(body: AsyncIterable<unknown>, rows: ResultRows, where: string): Promise<void> {
  const refuse = (message: string): never => {
    throw new ConnectorError(`${where}: ${message.slice(0, LONGEST_FAILURE)}`);
  };
  for await (const line of linesOf(body, refuse)) {
    const { results = [], error } = portionOf(line, refuse);
    if (error !== undefined) refuse(error);
    for (const result of results) {
      if (result.error !== undefined) refuse(result.error);
      for (const series of result.series ?? []) addSeries(series, rows, line.length);
      // Leaving the loop ends the answer and its connection.
      if (rows.truncated) return;
    }
  }
}

/** Tags and the measurement are columns of each row too. */
function addSeries({ name, tags = {}, columns, values = [] }: Series, rows: ResultRows, size: number): void {
  const more = [...(name === undefined ? [] : [['measurement', name] as const]), ...Object.entries(tags)];
  const names = [...more.map(([key]) => key), ...columns];
  if (rows.fields.length !== names.length || names.some((each, index) => rows.fields[index]!.name !== each)) {
    rows.describe(names.map((each) => ({ name: each, type: each === 'time' ? 'time' : 'value' })));
  }
  const first = more.map(([, value]) => value);
  for (const row of values) rows.add(Math.ceil(size / Math.max(1, values.length)), () => [...first, ...row]);
}

async function* linesOf(body: AsyncIterable<unknown>, refuse: (message: string) => never): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_PORTION) refuse('the answer is too large');
    yield* lines.filter((line) => line.trim() !== '');
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield rest;
}

function portionOf(line: string, refuse: (message: string) => never): Portion {
  try {
    return JSON.parse(line, exactly) as Portion;
  } catch {
    return refuse('the server does not speak the protocol of InfluxDB');
  }
}

/** An integer that a double would change stays a text. */
function exactly(_: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
}

/** What a failed answer says: `{"error": …}` of version 1, `{"message": …}` of later ones. */
export function messageOf(body: string): string {
  try {
    const { error, message } = JSON.parse(body) as { error?: unknown; message?: unknown };
    const told = error ?? message;
    return typeof told === 'string' ? told.slice(0, LONGEST_FAILURE) : '';
  } catch {
    return '';
  }
}
