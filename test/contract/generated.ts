import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Set by `npm test -- --update-contract`: what is generated is written, for its difference to be read in review. */
export const updating = process.env['HUB_UPDATE_CONTRACT'] === '1';

/** Puts the text between a document's two marks. @throws Error when the marks are not there. */
export function replaceBlock(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`the lines "${begin}" and "${end}" are missing`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}

/** Compares a committed file with what was generated now; in an update, writes it. */
export function expectCommitted(path: string, generate: (committed: string) => string): void {
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const generated = generate(committed);
  if (updating) writeFileSync(path, generated);
  else expect(committed).toBe(generated);
}
