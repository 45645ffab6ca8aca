import { foldedPlace, freePlace, placeOf } from './file-names';

it.each([
  ['connection', 'Press 4', 'connections/Press 4.yaml'],
  ['function', 'Press 4/Read speed', 'functions/Press 4/Read speed.yaml'],
  ['function', 'A~1B/C', 'functions/A~1B/C.yaml'],
  ['topic', 'mHv1.0/line-1/speed', 'topics/mHv1.0/line-1/speed.yaml'],
  ['topic', 'mHv1.0/a.json/b', 'topics/mHv1.0/a%2Ejson/b.yaml'],
  ['model', '../../etc/passwd', 'models/%2E%2E/%2E%2E/etc/passwd.yaml'],
  ['model', 'what? 100 % "sure"', 'models/what%3F 100 %25 %22sure%22.yaml'],
  ['model', 'NUL.txt', 'models/%4EUL.txt.yaml'],
  ['model', 'ends. ', 'models/ends.%20.yaml'],
  ['model', 'a\u0000b\nc', 'models/a%00b%0Ac.yaml'],
  ['model', '.git', 'models/%2Egit.yaml'],
  ['model', 'Größe', 'models/Größe.yaml'],
])('%s %j lies in %s', (type, name, place) => {
  expect(placeOf({ type, name })).toBe(place);
});

it('is short enough for file systems, and still one for each name', () => {
  const places = ['a', 'b'].map((end) => placeOf({ type: 'model', name: '🏭'.repeat(60) + end }));
  expect(new Set(places).size).toBe(2);
  for (const place of places) expect(Buffer.byteLength(place.slice('models/'.length))).toBeLessThan(200);
});

it('differs where it is taken by one whose accents are written in another way', () => {
  const taken = new Set([foldedPlace(placeOf({ type: 'model', name: 'Café' }))]);
  expect(freePlace({ type: 'model', name: 'Cafe\u0301' }, taken)).toMatch(/^models\/Cafe\u0301~[0-9a-f]{8}\.yaml$/);
});

it('differs where it is taken by one that differs in case alone', () => {
  const taken = new Set(['topics/mhv1.0/a.yaml']);
  expect(freePlace({ type: 'topic', name: 'mHv1.0/A' }, taken)).toMatch(/^topics\/mHv1\.0\/A~[0-9a-f]{8}\.yaml$/);
  expect(freePlace({ type: 'topic', name: 'mHv1.0/B' }, taken)).toBe('topics/mHv1.0/B.yaml');
});
