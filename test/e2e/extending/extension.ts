import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(__dirname, '../../..');
const GUIDE = join(ROOT, 'docs/extending.md');

/** Modules of the guide, built as it says, in a folder of their own. */
export interface Extensions {
  /** For HUB_MODULES. */
  names: string[];
  remove(): Promise<void>;
}

/** Takes every module out of the guide and compiles it by the guide's own command, types and all. */
export async function buildExtensions(): Promise<Extensions> {
  const guide = await readFile(GUIDE, 'utf8');
  const command = /^npx tsc (.*) \S+$/m.exec(guide)![1]!;
  const sources = [...guide.matchAll(/^`(extensions\/\S+\.ts)`[^\n]*\n\n```ts\n(.*?)^```$/gms)];
  // Inside of the platform's folder, as the guide has it, but not where somebody keeps theirs.
  const parent = join(ROOT, 'test-results');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'extensions-'));
  const files = sources.map(([, file]) => join(folder, basename(file!)));
  await Promise.all(sources.map(([, , code], index) => writeFile(files[index]!, code!)));
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  try {
    await promisify(execFile)(process.execPath, [tsc, ...command.split(' '), ...files], { cwd: ROOT });
  } catch (error) {
    throw new Error(`the code of the guide does not compile:\n${(error as { stdout: string }).stdout}`);
  }
  return {
    names: files.map((file) => `./${relative(process.cwd(), file).replace(/\.ts$/, '.js')}`),
    remove: () => rm(folder, { recursive: true }),
  };
}
