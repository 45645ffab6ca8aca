import { createTestApp, type TestApp } from '#testing';
import { newPlace } from '../dependencies/exchange';

/** As clients write it that know ASCII alone. */
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('names of members', () => {
  let app: TestApp;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  it('are what a client has written, whatever others have written before', async () => {
    const [one, other] = [await newPlace(app), await newPlace(app)];
    const publish = (place: typeof one, value: object) =>
      place.api.post('/uns/data/publish', ascii({ topic: 'mHv1.0/names', value }));
    // The parser goes by what came last after the same name.
    const theirs = { a: { first: 1, 'gr\\u0': 1 }, b: { second: 1, '\\': 1 }, c: { third: 1, 'a\\': 1 } };
    const own = { a: { first: 1, größe: 2 }, b: { second: 1, '"': 2 }, c: { third: 1, 'a\n': 2 } };
    for (let times = 0; times < 3; times++) {
      expect((await publish(one, theirs)).status).toBe(200);
      expect((await publish(other, own)).status).toBe(200);
    }
    const { data } = (await other.api.get('/uns/data/recent?topic=mHv1.0/names')).body;
    expect(data.map(({ value }: { value: object }) => value)).toEqual([own, own, own]);
    expect((await one.api.get('/uns/data/recent?topic=mHv1.0/names')).body.data[0].value).toEqual(theirs);
  });
});
