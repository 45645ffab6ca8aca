'use strict';

/* What `npm run demo` runs: sets up what is missing as `npm start` does, and hands over to main.ts on the pinned Node. */

const { spawn } = require('child_process');
const path = require('path');
const { environment, prepare } = require('../apps/standalone/launcher.cjs');

const main = path.join(__dirname, 'main.ts');
const child = spawn(prepare(), [main, ...process.argv.slice(2)], {
  cwd: path.join(__dirname, '..'),
  env: environment(),
  // The channel is for our own end: the demo stops when it closes.
  stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
});
// A terminal's Ctrl-C reaches the child without us; what is sent to us alone is passed on.
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
