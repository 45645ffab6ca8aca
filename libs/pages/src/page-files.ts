import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The encodings that files are kept in beside their own, the smallest first, by the ending the build gives them. */
export const ENCODINGS = { br: '.br', gzip: '.gz' } as const;

export type Encoding = keyof typeof ENCODINGS;

/** One file in memory, as it is sent. */
export interface PageFile {
  type: string;
  /** Of the contents, for browsers that ask whether theirs is still the same. */
  etag: string;
  plain: Buffer;
  encoded: Partial<Record<Encoding, Buffer>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

const isEncoded = (name: string): boolean => Object.values(ENCODINGS).some((ending) => name.endsWith(ending));

/**
 * What `apps/web/build.mjs` has made, by its name in the folder: half a megabyte that is read once, so that no request
 * ever becomes a path on the disk.
 * @throws Error that says what to run where nothing is built.
 */
export function readPageFiles(folder: string): Map<string, PageFile> {
  const names = list(folder);
  const files = names.filter((name) => !isEncoded(name)).map((name) => [name, readFile(folder, name, names)] as const);
  return new Map(files);
}

export function pageFile(name: string, plain: Buffer, encoded: PageFile['encoded'] = {}): PageFile {
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
  return { type, etag, plain, encoded };
}

function list(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) =>
      join(parentPath, name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    );
  } catch (error) {
    throw new Error(`the web pages are not built (${folder}): npm run build makes them`, { cause: error });
  }
}

function readFile(folder: string, name: string, names: readonly string[]): PageFile {
  const encodings = Object.entries(ENCODINGS).filter(([, ending]) => names.includes(name + ending));
  const encoded = encodings.map(([encoding, ending]) => [encoding, readFileSync(join(folder, name + ending))]);
  return pageFile(name, readFileSync(join(folder, name)), Object.fromEntries(encoded) as PageFile['encoded']);
}
