const { readdirSync } = require('node:fs');

// The areas by name: a pattern for every `#…` would also catch the packages' own subpath imports.
const areas = readdirSync(`${__dirname}/libs`).join('|');

const common = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/libs/testing/src/test-environment.ts',
  // Types are the compiler's affair (`npm run build`, `npm run lint`); here each file is only translated.
  transform: { '\\.ts$': ['ts-jest', { transpilation: true, tsconfig: { inlineSources: true }, diagnostics: false }] },
  moduleFileExtensions: ['ts', 'js', 'cjs', 'mjs', 'json'],
  moduleNameMapper: {
    '^#platform/(.*)$': '<rootDir>/libs/platform/src/$1/index.ts',
    [`^#(${areas})$`]: '<rootDir>/libs/$1/src/index.ts',
    // What modules from outside import (docs/extending.md).
    '^maestrohub/platform/(.*)$': '<rootDir>/libs/platform/src/$1/index.ts',
    '^maestrohub/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.maestrohub/', '<rootDir>/.maestrohub-demo/'],
};

/** Run by `npm test` (test/run.cjs) on the Node of node_modules with --experimental-vm-modules. */
module.exports = {
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{libs,apps}/**/*.spec.ts'],
    },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/libs/testing/src/global-setup.ts',
      globalTeardown: '<rootDir>/libs/testing/src/global-teardown.ts',
    },
  ],
  // Of all projects: Jest ignores that of one. A file may start servers and the application in a hook, on a busy machine.
  testTimeout: 120_000,
  maxWorkers: 2,
  // Modules of each file stay in memory (--experimental-vm-modules): a worker that has become large is replaced.
  workerIdleMemoryLimit: '1500MB',
  // … and needs more than Jest's half a second to give it back when it ends.
  workerGracefulExitTimeout: 10_000,
};
