'use strict';

/*
 * What `npm test` runs: sets up what is missing (packages, build, the servers of other projects), runs Jest on the
 * pinned Node and ends with one line of figures. Arguments go to Jest: `npm test -- test/e2e/uns`.
 * --update-contract writes test/contract/openapi.json and the README's settings anew instead of comparing them,
 * --update-images the pictures in docs/images.
 */

const { spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { environment, prepare } = require('../apps/standalone/launcher.cjs');

const ROOT = path.resolve(__dirname, '..');
const REPORT = path.join(ROOT, 'test-results', 'jest.json');

/** The programs that tests start (libs/testing/src/outside-server.ts), and the Debian packages they come in. */
const SERVERS = {
  'redis-server': 'redis-server',
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  chromium: 'chromium',
  'nats-server': 'nats-server',
  'rabbitmq-server': 'rabbitmq-server',
  kcat: 'kcat',
  influxd: 'influxdb',
  mariadbd: 'mariadb-server',
  proftpd: 'proftpd-mod-crypto',
  sshd: 'openssh-server',
  aiosmtpd: 'python3-aiosmtpd',
  'g++': 'g++',
  'pymodbus.server': 'python3-pymodbus python3-serial-asyncio',
};

const skipServices = process.env.HUB_TEST_SKIP_SERVICES === '1';
const figures = { passed: 0, failed: 1, skipped: 0 };

// Whatever happens, the last line says how it went.
process.on('exit', () => {
  if (figures.skipped > 0 && skipServices && missingPackages().length > 0) {
    process.stdout.write(`left out by HUB_TEST_SKIP_SERVICES=1: tests with ${missingPackages().join(', ')}\n`);
  }
  const skipped = figures.skipped > 0 ? `, ${figures.skipped} skipped` : '';
  process.stdout.write(`${figures.passed} passed, ${figures.failed} failed${skipped}\n`);
});

main(process.argv.slice(2));

function main(args) {
  const node = prepare();
  if (!skipServices) installServers();
  const env = environment();
  if (args.includes('--update-contract')) env.HUB_UPDATE_CONTRACT = '1';
  if (args.includes('--update-images')) env.HUB_UPDATE_IMAGES = '1';
  const jest = path.join(ROOT, 'node_modules', 'jest', 'bin', 'jest.js');
  fs.rmSync(REPORT, { force: true });
  fs.mkdirSync(path.dirname(REPORT), { recursive: true });
  const { status } = spawnSync(
    node,
    [
      // Many packages are ES modules alone; Jest loads them by this.
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      jest,
      '--json',
      `--outputFile=${REPORT}`,
      ...args.filter((arg) => !arg.startsWith('--update-')),
    ],
    // The report goes to its file; without this, a line about it would be printed.
    { cwd: ROOT, env, stdio: ['inherit', 'ignore', 'inherit'] },
  );
  readFigures();
  process.exitCode = status === 0 && figures.failed === 0 ? 0 : 1;
}

/** Jest writes no report when it could not run at all. */
function readFigures() {
  if (!fs.existsSync(REPORT)) return;
  const report = JSON.parse(fs.readFileSync(REPORT, 'utf8'));
  figures.passed = report.numPassedTests;
  // A file that does not even load counts as one.
  figures.failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  figures.skipped = report.numPendingTests + report.numTodoTests;
}

function missingPackages() {
  const folders = [...(process.env.PATH || '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  const programs = Object.keys(SERVERS).filter(
    (name) => !folders.some((folder) => fs.existsSync(path.join(folder, name))),
  );
  return programs.flatMap((name) => SERVERS[name].split(' '));
}

/** The tests start these servers themselves: the packages' own services are kept from starting. */
const INSTALL = `
  set -e
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\\nexit 101\\n' > $policy
    chmod 755 $policy
  fi
  # What serves the packages may be away for a moment.
  apt-get update -q -o Acquire::Retries=5
  apt-get install -y -q -o Acquire::Retries=5 --no-install-recommends "$@"
`;

/** Where this may not be done, the tests that need them fail and name the line that does it. */
function installServers() {
  const packages = missingPackages();
  if (packages.length === 0) return;
  const asRoot = rootPrefix();
  if (!asRoot || !works('apt-get', ['--version'])) return;
  process.stderr.write(`installing ${packages.join(', ')} … `);
  const install = ['env', 'DEBIAN_FRONTEND=noninteractive', 'sh', '-c', INSTALL, 'sh', ...packages];
  const [command, ...args] = [...asRoot, ...install];
  const result = spawnSync(command, args, { encoding: 'utf8', env: environment() });
  process.stderr.write(result.status === 0 ? 'done\n' : `failed\n${result.stdout}${result.stderr}\n`);
}

function rootPrefix() {
  if (process.getuid && process.getuid() === 0) return [];
  return works('sudo', ['-n', 'true']) ? ['sudo', '-n'] : undefined;
}

function works(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
