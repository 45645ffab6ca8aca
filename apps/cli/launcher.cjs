#!/usr/bin/env node
'use strict';

/*
 * What `npx maestrohub` runs in a clone: the same set-up as `npm start`, then the command line, in the directory that it
 * was called in. ES5, like the other launcher.
 */

var childProcess = require('child_process');
var path = require('path');
var launcher = require('../standalone/launcher.cjs');

var MAIN = path.resolve(__dirname, '..', '..', 'dist', 'apps', 'cli', 'src', 'main.js');

var child = childProcess.spawn(launcher.prepare(), [MAIN].concat(process.argv.slice(2)), {
  env: launcher.environment(),
  stdio: 'inherit',
});
// A terminal's Ctrl-C reaches the command itself; this process only waits for how it ends.
process.on('SIGINT', function () {});
process.on('SIGTERM', function () {
  child.kill('SIGTERM');
});
child.on('error', function (error) {
  process.stderr.write('maestrohub: ' + error.message + '\n');
  process.exit(1);
});
child.on('exit', function (code, signal) {
  process.exit(signal ? 1 : code);
});
