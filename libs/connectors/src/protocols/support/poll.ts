import type { JsonValue } from '#kernel';
import type { JsonObject, ObjectSchema, Subscriber, Subscription } from '../protocol';
import { Inlet } from './inlet';
import { integer, oneOf } from './schema';

/*
 * Subscriptions to devices that only answer: they are asked again and again.
 */

export const POLL_MEMBERS: ObjectSchema['properties'] = {
  intervalMs: integer(
    'Milliseconds from one reading to the next; one that is not answered by then skips turns',
    50,
    86_400_000,
    {
      default: 1_000,
    },
  ),
  report: oneOf('Whether every reading is a message, or only what has changed', ['always', 'onChange'], 'onChange'),
  messages: oneOf(
    'together: one message with all tags. perTag: one for each tag; its key is the name of the tag',
    ['together', 'perTag'],
    'together',
  ),
  deadBand: {
    type: 'number',
    minimum: 0,
    default: 0,
    description: 'onChange: how far a number has to be from what was reported last; tags may have their own',
  },
};

export const tagDeadBand = (): JsonObject => ({
  type: 'number',
  minimum: 0,
  description: 'onChange: how far the number has to be from what was reported last, for this tag',
});

export interface PollConfig {
  intervalMs?: number;
  report?: 'always' | 'onChange';
  messages?: 'together' | 'perTag';
  deadBand?: number;
  tags: readonly { name: string; deadBand?: number }[];
}

/** What one reading gave, by the names of the tags. */
export interface Readings {
  values: Record<string, JsonValue>;
  /** Why there is no value, for tags that could not be read. */
  errors?: Record<string, string>;
}

/**
 * Reads now, and from then on at every interval. A reading that fails as a whole is counted as dropped.
 * @throws what the first reading throws
 */
export async function startPoll(
  config: PollConfig,
  subscriber: Subscriber,
  read: (signal: AbortSignal) => Promise<Readings>,
): Promise<Subscription> {
  const inlet = new Inlet(subscriber);
  const ended = new AbortController();
  const changes = new Changes(config);
  const turn = async (): Promise<void> => report(await read(ended.signal), config, changes, inlet);

  await turn();
  let answered = true;
  const timer = setInterval(() => {
    if (!answered) return;
    answered = false;
    void turn()
      .catch(() => subscriber.dropped(1))
      .finally(() => (answered = true));
  }, config.intervalMs ?? 1_000);
  return {
    close: () => {
      clearInterval(timer);
      ended.abort();
      inlet.close();
      return Promise.resolve();
    },
  };
}

function report({ values, errors }: Readings, config: PollConfig, changes: Changes, inlet: Inlet): void {
  const { report: when = 'onChange', messages = 'together' } = config;
  const time = new Date().toISOString();
  const changed = when === 'always' ? Object.keys(values) : changes.of(values);
  if (changed.length === 0) return;
  if (messages === 'perTag') {
    for (const name of changed) inlet.push({ key: name, payload: values[name]!, more: { time } });
    return;
  }
  const more = { time, ...(when === 'onChange' && { changed }), ...(errors && { errors }) };
  inlet.push({ payload: values, more });
}

/** Remembers what was reported, and tells what differs from that. */
export class Changes {
  private readonly reported = new Map<string, JsonValue>();
  private readonly deadBands: ReadonlyMap<string, number>;

  constructor({ deadBand = 0, tags }: Pick<PollConfig, 'deadBand' | 'tags'>) {
    this.deadBands = new Map(tags.map((tag) => [tag.name, tag.deadBand ?? deadBand]));
  }

  /** The names of those that have changed; they count as reported. */
  of(values: Record<string, JsonValue>): string[] {
    const changed = Object.keys(values).filter((name) => this.differs(name, values[name]!));
    for (const name of changed) this.reported.set(name, values[name]!);
    return changed;
  }

  private differs(name: string, value: JsonValue): boolean {
    const last = this.reported.get(name);
    if (typeof value === 'number' && typeof last === 'number') {
      return Math.abs(value - last) > (this.deadBands.get(name) ?? 0);
    }
    return JSON.stringify(value) !== JSON.stringify(last);
  }
}
