import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/*
 * Which area may import which, beside `#kernel` and `#platform/*` that all may. A line more takes a decision record
 * in docs/adr: an area that needs another's knowledge can often declare a port and be given it instead.
 */
const AREAS = {
  organizations: [],
  identity: ['organizations'],
  audit: [],
  connectors: ['organizations'],
  models: [],
  uns: ['organizations', 'models'],
  pipelines: ['organizations', 'connectors', 'models', 'uns'],
  executions: ['organizations', 'pipelines', 'connectors', 'uns', 'models'],
  dashboards: ['uns'],
  pages: [],
  dependencies: [],
};

const alternatives = (names) => names.join('|');

/** Imports by `#…`: those named, and of a library its index alone. */
const onlyAreas = (allowed, message) => ({ regex: `^#(?!(?:${alternatives(allowed)})$)`, message });

const PLATFORM = 'platform/[a-z-]+';

const acrossFolders = {
  // Inside a library nothing has `src/` in its way; what has it leaves the library.
  regex: '^\\.{1,2}/(?:.*/)?src(?:/|$)',
  message: 'Another library is imported by its name (#kernel, #uns), never by a path.',
};

const forwardRef = {
  group: ['@nestjs/common'],
  importNamePattern: '^forwardRef$',
  message: 'Two modules that need each other: give one a port that the other implements.',
};

const httpExceptions = {
  group: ['@nestjs/common'],
  importNamePattern: 'Exception$',
  message: 'Throw a DomainError of #kernel; platform/http alone knows statuses.',
};

const testing = { regex: '^#testing', message: 'Only specs may use #testing.' };

const restrictImports = (...patterns) => ({ 'no-restricted-imports': ['error', { patterns }] });

const SPECS = ['**/*.spec.ts', '**/*.e2e-spec.ts'];
const TEST_CODE = [...SPECS, 'libs/testing/**', 'test/**', 'bench/**'];

/** Files that may read the environment: the settings, and the mains that hand it to them. */
const READS_ENVIRONMENT = ['libs/platform/src/config/**', 'apps/*/src/{main,run}.ts', 'demo/**', ...TEST_CODE];

const SYNTAX = {
  environment: {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'Settings are read by libs/platform/src/config alone; take the Config injected.',
  },
  globalModule: {
    selector: 'Decorator[expression.callee.name="Global"]',
    message: 'Only modules of the platform are global; import the module where it is needed.',
  },
  requestScope: {
    selector: 'MemberExpression[object.name="Scope"][property.name=/^(?:REQUEST|TRANSIENT)$/]',
    message: 'No request-scoped providers: what belongs to a request is a parameter.',
  },
  unfinishedTest: {
    selector:
      ':matches(MemberExpression[object.name=/^(?:it|test|describe)$/][property.name=/^(?:only|skip|todo|failing)$/], CallExpression[callee.name=/^(?:[fx](?:it|describe)|xtest)$/])',
    message: 'No test is left out or left alone.',
  },
  sleep: {
    selector:
      'AwaitExpression > CallExpression[callee.name=/^(?:sleep|delay|setTimeout|wait)$/], AwaitExpression > NewExpression[callee.name="Promise"] CallExpression[callee.name="setTimeout"]',
    message: 'A test waits for a condition (`eventually` of #testing), never for a time.',
  },
};

const restrictSyntax = (...names) => ({ 'no-restricted-syntax': ['error', ...names.map((name) => SYNTAX[name])] });

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'extensions/',
      'node_modules/',
      '.maestrohub/',
      '.maestrohub-demo/',
      'coverage/',
      'test-results/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    files: ['**/*.{js,cjs,mjs,ts,tsx}'],
    rules: { 'max-lines': ['error', 500], eqeqeq: 'error', 'no-var': 'off' },
  },

  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { 'import-x': importX },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    settings: {
      'import-x/extensions': ['.ts', '.tsx'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.tsx'] },
      // Paths within a library; between libraries AREAS leaves no way for a cycle.
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx'] })],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/promise-function-async': 'off',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      // Entities, modules and DTOs are classes by Nest's design.
      '@typescript-eslint/no-extraneous-class': 'off',
      // `noUncheckedIndexedAccess` is on: `!` states what a check before has made sure.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true, allow: ['Error', 'URL', 'URLSearchParams'] },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      // Answers are object literals typed by their DTO class, and rows are spread.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
      // The declarations of some packages promise more than their code keeps.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-redundant-type-constituents': 'off',
      ...restrictSyntax('environment', 'globalModule', 'requestScope'),
    },
  },

  // Layers: apps → areas → platform → kernel.
  {
    files: ['libs/kernel/**'],
    rules: restrictImports({ regex: '^#', message: 'The kernel imports nothing of ours.' }),
  },
  {
    files: ['libs/platform/**'],
    rules: {
      ...restrictImports(
        onlyAreas(['kernel'], 'The platform imports the kernel alone; what it needs of an area is a port.'),
        { regex: '^\\.\\./[a-z-]+/.', message: 'Another folder of the platform is imported by its index.' },
        acrossFolders,
        forwardRef,
        httpExceptions,
      ),
      ...restrictSyntax('environment', 'requestScope'),
    },
  },
  {
    files: ['libs/platform/src/http/**'],
    rules: restrictImports(onlyAreas(['kernel'], 'The platform imports the kernel alone.'), acrossFolders, forwardRef),
  },
  ...Object.entries(AREAS).map(([area, others]) => ({
    files: [`libs/${area}/**`],
    rules: restrictImports(
      onlyAreas(
        ['kernel', PLATFORM, ...others],
        `${area} may import ${['the kernel', 'the platform', ...others].join(', ')}, each by its index.`,
      ),
      acrossFolders,
      forwardRef,
      httpExceptions,
    ),
  })),
  {
    files: ['apps/**', 'ormconfig.ts'],
    ignores: ['apps/web/**'],
    rules: restrictImports(
      onlyAreas(['kernel', PLATFORM, ...Object.keys(AREAS)], 'Libraries are imported by their index.'),
      { regex: '^\\.{1,2}/(?:.*/)?libs/', message: acrossFolders.message },
      forwardRef,
      httpExceptions,
    ),
  },

  // The pages know the API by its contract alone, and no Node.
  {
    files: ['apps/web/src/**'],
    rules: restrictImports(
      { regex: '^(?:#|node:)', message: 'The pages run in browsers: they know the API by its contract alone.' },
      { regex: '^\\.{1,2}/(?:.*/)?libs/', message: acrossFolders.message },
    ),
  },

  // What may read the environment.
  { files: READS_ENVIRONMENT, rules: restrictSyntax('globalModule', 'requestScope') },
  { files: ['libs/platform/src/config/**'], rules: restrictSyntax('requestScope') },

  // Tests read answers of which the compiler knows nothing.
  {
    files: TEST_CODE,
    rules: {
      ...restrictSyntax('unfinishedTest', 'sleep'),
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['libs/**/*.spec.ts', 'apps/**/*.spec.ts'],
    rules: restrictImports(
      onlyAreas(['kernel', PLATFORM, 'testing', ...Object.keys(AREAS)], 'Libraries are imported by their index.'),
      acrossFolders,
    ),
  },
  // Loads the whole product, and only when a test asks for it.
  {
    files: ['libs/testing/src/test-app.ts'],
    rules: { '@typescript-eslint/no-require-imports': ['error', { allow: ['/apps/shared/src/start-hub$'] }] },
  },
  // The place that waits for all others, and the one that may leave tests out when told to.
  { files: ['libs/testing/src/{eventually,outside-server}.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
