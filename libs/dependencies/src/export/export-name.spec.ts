import { fileNameOf } from './export-name';

it.each([
  ['Line 1', 'Line 1.mhub.json'],
  ['../../etc/passwd', 'etc passwd.mhub.json'],
  ['a\r\nSet-Cookie: x', 'a Set-Cookie x.mhub.json'],
  ['\u202eexe.txt', 'exe.txt.mhub.json'],
  ['..', 'export.mhub.json'],
  ['Größe "ä"', 'Größe ä.mhub.json'],
])('%j is kept as %s', (name, file) => expect(fileNameOf(name)).toBe(file));
