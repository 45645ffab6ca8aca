import { createTestApp, type TestApp } from '#testing';
import { fileOf, itemOf, newPlace, validate } from './exchange';
import { portableOf } from './portables';

const ITEMS = 300;

const topics = Array.from({ length: ITEMS }, (_, n) =>
  itemOf('topic', `mHv1.0/line/${n}`, { description: `Tag ${n}` }),
);

describe('a large file', () => {
  let app: TestApp;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  it('lets others in while its items are judged', async () => {
    const portable = portableOf(app, 'topic');
    const judge = portable.check.bind(portable);
    let turn = 0;
    let isOver = false;
    const others = (): void => {
      turn++;
      if (!isOver) setImmediate(others);
    };
    const turns = new Set<number>();
    // However fast this machine is, to judge one takes a millisecond.
    let judged = 0;
    const now = performance.now.bind(performance);
    jest.spyOn(performance, 'now').mockImplementation(() => now() + judged);
    jest.spyOn(portable, 'check').mockImplementation((name, content) => {
      judged++;
      turns.add(turn);
      return judge(name, content);
    });
    const { api } = await newPlace(app);
    others();
    const { status, body } = await validate(api, fileOf(...topics)).finally(() => (isOver = true));
    expect([status, body.data.counts.create]).toEqual([200, ITEMS]);
    expect(turns.size).toBeGreaterThan(ITEMS / 20);
  });
});
