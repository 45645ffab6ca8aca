/*
 * Makes the web pages: apps/web → dist/web, as the api serves them. Every file has its contents in its name, so that
 * browsers may keep it for good; each also lies there packed. With --sizes it prints what a browser loads.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const HERE = dirname(fileURLToPath(import.meta.url));
const OUT = join(HERE, '..', '..', 'dist', 'web');
const ASSETS = join(OUT, 'assets');

rmSync(OUT, { recursive: true, force: true });
mkdirSync(ASSETS, { recursive: true });

const { metafile } = await build({
  absWorkingDir: HERE,
  entryPoints: { main: 'src/main.tsx', style: 'src/style/index.css' },
  outdir: ASSETS,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'linked',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true,
  logLevel: 'warning',
});

const outputs = Object.entries(metafile.outputs);
const madeOf = (entry) =>
  `assets/${outputs
    .find(([, { entryPoint }]) => entryPoint === entry)[0]
    .split('/')
    .pop()}`;

const icon = readFileSync(join(HERE, 'icon.svg'));
const iconName = `assets/icon-${createHash('sha256').update(icon).digest('hex').slice(0, 8).toUpperCase()}.svg`;
writeFileSync(join(OUT, iconName), icon);

const page = readFileSync(join(HERE, 'index.html'), 'utf8')
  .replace('__ICON__', iconName)
  .replace('__STYLE__', madeOf('src/style/index.css'))
  .replace('__SCRIPT__', madeOf('src/main.tsx'));
writeFileSync(join(OUT, 'index.html'), page);

const sizes = [];
for (const name of readdirSync(ASSETS)) {
  const file = join(ASSETS, name);
  const contents = readFileSync(file);
  const gzip = gzipSync(contents, { level: 9 });
  const br = brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: contents.length } });
  writeFileSync(`${file}.gz`, gzip);
  writeFileSync(`${file}.br`, br);
  sizes.push({ file: name, bytes: contents.length, gzip: gzip.length, brotli: br.length });
}
if (process.argv.includes('--sizes')) console.table(sizes);
