import { eventuallyPasses } from '#testing';
import type { FeedReader, FeedRow } from './feed-reader';
import { FeedTail } from './feed-tail';
import { LiveStream } from './live-stream';
import { Position } from './position';

const ORGANIZATION = 'organization';

// What is told by a real server is test/e2e/uns; here is the order of reads, which none can be made to have.

/** The feed of one organization. */
class Feed {
  private rows: FeedRow[] = [];

  add(lane: number, seq: number): FeedRow {
    const row = { lane, seq, at: Date.now(), topic: 'mHv1.0/a', record: `${lane}/${seq}` };
    this.rows.push(row);
    return row;
  }

  /** As a crash of the server does. */
  empty(): void {
    this.rows = [];
  }

  end(): Promise<Position> {
    return Promise.resolve(
      new Position(
        this.rows.map(({ lane, seq }) => [lane, seq] as const),
        Date.now(),
      ),
    );
  }

  after(_: string, position: Position): Promise<FeedRow[]> {
    return Promise.resolve(this.rows.filter(({ lane, seq }) => seq > position.of(lane)));
  }
}

describe('a live stream over a feed that a crash has emptied', () => {
  let feed: Feed;
  let tail: FeedTail;
  let stop: AbortController;
  let told: string[];

  beforeEach(async () => {
    [feed, stop, told] = [new Feed(), new AbortController(), []];
    tail = new FeedTail(ORGANIZATION, feed as unknown as FeedReader, await feed.end(), (error) =>
      told.push(String(error)),
    );
    feed.add(1, 1);
    await read();
  });

  afterEach(() => {
    stop.abort();
    tail.close();
  });

  const read = async (): Promise<void> => {
    const before = tail.end;
    tail.look();
    await eventuallyPasses(() => expect(tail.end).toBeGreaterThan(before));
  };

  const listen = (resumeAt?: Position): void => {
    const send = (event: string, data: string): Promise<void> =>
      Promise.resolve(void told.push(event === 'record' ? data : event));
    const listener = { filters: ['#'], mayRead: () => true, send, signal: stop.signal };
    void new LiveStream(ORGANIZATION, listener, feed as unknown as FeedReader, tail).run(resumeAt);
  };

  const tells = (...expected: string[]): Promise<void> => eventuallyPasses(() => expect(told).toEqual(expected));

  it('tells of a gap before the first value that comes then', async () => {
    listen();
    await tells('open');
    feed.empty();
    feed.add(2, 1);
    await read();
    await tells('open', 'gap', '2/1');
  });

  it('tells of it once where it has read on from the tables before the tail did', async () => {
    const seen = new Position([], Date.now());
    seen.advance(1, 1, Date.now());
    feed.empty();
    feed.add(2, 1);
    listen(seen);
    await tells('open', 'gap', '2/1');
    feed.add(2, 2);
    await read();
    await tells('open', 'gap', '2/1', '2/2');
  });
});
