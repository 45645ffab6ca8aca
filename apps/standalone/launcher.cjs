'use strict';

/*
 * What `npm start` runs: installs and builds what is missing, then hands over to the platform on the Node that
 * package-lock.json pins. Written in ES5 and without dependencies, so that every Node, however old, can read it and
 * say what is wrong.
 */

var childProcess = require('child_process');
var crypto = require('crypto');
var fs = require('fs');
var path = require('path');

var ROOT = path.resolve(__dirname, '..', '..');
var MAIN = path.join(ROOT, 'dist', 'apps', 'standalone', 'src', 'main.js');
var STAMP = path.join(ROOT, 'dist', '.sources.json');
var OLDEST_HOST_NODE = [20, 19];
var OLDEST_NPM = [10, 0];
var OLDEST_RUNTIME = [24, 11];

var USAGE = [
  'Usage: npm start [-- --help | --build]',
  '',
  'Starts MaestroHub with its own PostgreSQL and MQTT broker; Ctrl-C stops it.',
  'With --build it installs and builds what is missing, and ends.',
  'The first start installs the npm packages and builds, and prints the password of the administrator it makes.',
  'Data is kept in HUB_DATA_DIR (./.maestrohub).',
  '',
  'Settings are environment variables, listed in README.md under "Settings". The commonest:',
  '  HUB_HTTP_PORT   port of the REST API (8080)',
  '  HUB_MQTT_PORT   port of the MQTT broker (1883)',
  '  HUB_DATA_DIR    where data and keys are kept (./.maestrohub)',
  '  DATABASE_URL    a PostgreSQL of your own; likewise REDIS_URL and MQTT_URL',
  '',
  'Other commands:',
  '  npm test        all tests',
  '  npm run build   build alone',
  '  npm run lint    lint and formatting',
  '  npm run bench   benchmarks',
  '  npm run demo    a simulated plant, connected to it',
  '  npx maestrohub  configuration as code, and care for the database',
  '',
].join('\n');

if (require.main === module) main(process.argv.slice(2));

/** The same set-up for other commands (`npm test`): packages and build are there, and this Node runs them. */
exports.prepare = prepare;
exports.environment = environment;

function main(args) {
  if (args.indexOf('--help') >= 0 || args.indexOf('-h') >= 0) {
    process.stdout.write(USAGE);
    return;
  }
  var unknown = args.filter(function (arg) {
    return arg !== '--build';
  });
  if (unknown.length > 0) fail(2, 'unknown option ' + unknown[0] + ': npm start -- --help lists what there is');
  var node = prepare();
  if (args.length === 0) run(node, [MAIN]);
}

function prepare() {
  if (!atLeast(process.versions.node, OLDEST_HOST_NODE)) {
    fail(1, 'Node ' + OLDEST_HOST_NODE.join('.') + ' or newer is needed, this is ' + process.versions.node);
  }
  installIfNeeded();
  var node = runtime();
  buildIfNeeded(node);
  return node;
}

function fail(code, line) {
  process.stderr.write('maestrohub: ' + line + '\n');
  process.exit(code);
}

function atLeast(version, oldest) {
  var parts = version.replace(/^v/, '').split('.').map(Number);
  return parts[0] > oldest[0] || (parts[0] === oldest[0] && parts[1] >= oldest[1]);
}

/** Runs a command to its end, saying what it is and how long it took; its output is shown only when it fails. */
function step(name, command, args) {
  var began = Date.now();
  process.stderr.write(name + ' \u2026 ');
  var result = childProcess.spawnSync(command, args, {
    cwd: ROOT,
    env: environment(),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (result.status === 0) {
    process.stderr.write(((Date.now() - began) / 1000).toFixed(1) + ' s\n');
    return;
  }
  process.stderr.write('failed\n' + (result.stdout || '') + (result.stderr || ''));
  fail(1, name + ' failed' + (result.error ? ': ' + result.error.message : ''));
}

/** Ours, with the search path that an empty environment lacks. */
function environment() {
  var env = {};
  Object.keys(process.env).forEach(function (name) {
    env[name] = process.env[name];
  });
  var usual = env.PATH || '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  if (process.platform !== 'win32') env.PATH = path.dirname(process.execPath) + ':' + usual;
  return env;
}

function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch (error) {
    return undefined;
  }
}

/* ---- packages ---- */

function installIfNeeded() {
  if (packagesAreCurrent()) return;
  var npm = findNpm();
  step('installing packages', npm.command, npm.args.concat(['ci', '--include=dev', '--no-audit', '--no-fund']));
}

/** Compares what package-lock.json asks for with the record npm leaves of what it has installed. */
function packagesAreCurrent() {
  var wanted = readJson(path.join(ROOT, 'package-lock.json'));
  var installed = readJson(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (!wanted) fail(1, 'package-lock.json is missing or damaged in ' + ROOT);
  if (!installed || !installed.packages) return false;
  return Object.keys(wanted.packages).every(function (name) {
    if (name === '') return true;
    var want = wanted.packages[name];
    var have = installed.packages[name];
    // npm leaves out what is optional and not for this platform.
    if (!have) return Boolean(want.optional || want.devOptional || want.peer);
    return have.version === want.version && have.integrity === want.integrity;
  });
}

function findNpm() {
  var candidates = [];
  var beside = path.join(path.dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  [process.env.npm_execpath, beside].forEach(function (script) {
    if (script && /npm-cli\.c?js$/.test(script) && fs.existsSync(script)) {
      candidates.push({ command: process.execPath, args: [script] });
    }
  });
  candidates.push({ command: 'npm', args: [] });
  var oldest = OLDEST_NPM[0];
  for (var i = 0; i < candidates.length; i++) {
    var asked = childProcess.spawnSync(candidates[i].command, candidates[i].args.concat('--version'), {
      encoding: 'utf8',
      env: environment(),
    });
    if (asked.status !== 0) continue;
    var version = asked.stdout.trim();
    if (atLeast(version, OLDEST_NPM)) return candidates[i];
    fail(1, 'npm ' + oldest + ' or newer is needed to install the packages, this is ' + version);
  }
  return fail(1, 'npm ' + oldest + ' or newer is needed to install the packages, and there is none');
}

/** The pinned Node, or this one where it is new enough. */
function runtime() {
  var pinned = path.join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node');
  var asked = childProcess.spawnSync(pinned, ['--version'], { encoding: 'utf8' });
  if (asked.status === 0 && atLeast(asked.stdout.trim(), OLDEST_RUNTIME)) return pinned;
  if (atLeast(process.versions.node, OLDEST_RUNTIME)) return process.execPath;
  var found = asked.status === 0 ? 'is ' + asked.stdout.trim() : 'does not run (are install scripts switched off?)';
  return fail(1, pinned + ' ' + found + ': Node ' + OLDEST_RUNTIME.join('.') + ' or newer is needed');
}

/* ---- build ---- */

function buildIfNeeded(node) {
  var sources = hashSources();
  var built = readJson(STAMP);
  if (fs.existsSync(MAIN) && same(sources, built)) return;
  var kept =
    built &&
    fs.existsSync(MAIN) &&
    Object.keys(built).every(function (file) {
      return sources[file] !== undefined;
    });
  // Incremental where only the contents changed; from nothing where outputs of removed sources may lie about.
  if (kept) fs.rmSync(STAMP, { force: true });
  else fs.rmSync(path.join(ROOT, 'dist'), { recursive: true, force: true });
  step('building', node, [path.join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build']);
  step('building pages', node, [path.join(ROOT, 'apps', 'web', 'build.mjs')]);
  if (!fs.existsSync(MAIN)) fail(1, 'the build did not make ' + path.relative(ROOT, MAIN));
  fs.writeFileSync(STAMP, JSON.stringify(sources));
}

/** A hash of each file the build depends on; its contents count, so that a copy or a touch builds nothing. */
function hashSources() {
  var hashes = {};
  var names = fs.readdirSync(ROOT).filter(function (name) {
    return /^(apps|libs|ormconfig\.ts|package-lock\.json|nest-cli\.json|tsconfig.*\.json)$/.test(name);
  });
  names.forEach(function visit(name) {
    var file = path.join(ROOT, name);
    if (fs.statSync(file).isDirectory()) {
      fs.readdirSync(file).forEach(function (entry) {
        if (name !== 'libs' || entry !== 'testing') visit(name + '/' + entry);
      });
    } else if (!/\.spec\.ts$/.test(name)) {
      hashes[name] = crypto.createHash('sha1').update(fs.readFileSync(file)).digest('base64');
    }
  });
  return hashes;
}

function same(sources, built) {
  var names = Object.keys(sources);
  return (
    Boolean(built) &&
    names.length === Object.keys(built).length &&
    names.every(function (name) {
      return sources[name] === built[name];
    })
  );
}

/* ---- run ---- */

/**
 * The platform belongs to our process group: a terminal's Ctrl-C reaches it without us, and it counts. What reaches
 * us alone is passed on as a message, once for all copies that npm and the terminal send of one signal.
 */
function run(node, command) {
  var child = childProcess.spawn(node, command, {
    cwd: ROOT,
    env: environment(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  var last = 0;
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach(function (signal) {
    process.on(signal, function () {
      var now = Date.now();
      if (now - last > 1000 && child.connected) child.send('stop');
      last = now;
    });
  });
  watchNpm(function () {
    if (child.connected) child.send('stop');
  });
  child.on('error', function (error) {
    fail(1, 'the platform cannot be started: ' + error.message);
  });
  child.on('exit', function (code, signal) {
    if (signal) process.stderr.write('maestrohub: ended by ' + signal + '\n');
    process.exit(signal ? 1 : code);
  });
}

/** npm that is told to end passes that to its shell alone, which leaves without us. */
function watchNpm(gone) {
  var parent = process.ppid;
  if (process.env.npm_lifecycle_event !== 'start') return;
  var timer = setInterval(function () {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, 500);
}
