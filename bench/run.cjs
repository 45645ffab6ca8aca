'use strict';

/* Hands over to main.ts on the Node that package-lock.json pins, which runs TypeScript as it is. */

const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const pinned = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

if (!existsSync(pinned)) {
  process.stderr.write('bench: packages are missing; run "npm ci" first\n');
  process.exit(1);
}

const child = spawn(pinned, [join(__dirname, 'main.ts'), ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
// A terminal's Ctrl-C reaches the child without us; what is sent to us alone is passed on.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
