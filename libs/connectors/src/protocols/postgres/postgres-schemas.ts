import { type FunctionType, type ObjectSchema } from '../protocol';
import { payloadFormat } from '../support/payload';
import { host, objectOf, port, secret, text, timeoutMs } from '../support/schema';
import { sqlFunctions } from '../sql/sql-functions';
import { sqlTlsSchema } from '../sql/sql-tls';

export const TLS_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;

const name = (description: string) => text(description, { minLength: 1, maxLength: 63 });

export const CONNECTION_SCHEMA: ObjectSchema = objectOf(
  {
    host: host('localhost'),
    port: port(5_432),
    database: name('Name of the database'),
    username: name('Name of the user'),
    password: secret('Password of the user; not needed where the server trusts the address or a certificate'),
    schema: text('Where tables are looked for (search_path); the usual place of the user where not given', {
      minLength: 1,
      maxLength: 63,
      examples: ['public'],
    }),
    timeoutMs: timeoutMs(),
    tls: sqlTlsSchema(
      TLS_MODES,
      'require',
      'disable: no TLS; require: TLS, whatever certificate is shown; verify-ca: it has to be trusted; verify-full: it has to be for this host too',
    ),
  },
  ['database', 'username'],
);

const LISTEN: FunctionType = {
  type: 'postgres.listen',
  title: 'Listen',
  description: 'Hears what NOTIFY says in channels; what is said while nobody listens is not heard',
  kind: 'subscribe',
  config: objectOf(
    {
      channels: {
        type: 'array',
        description: 'Names of channels, in the case in which they are notified',
        minItems: 1,
        maxItems: 50,
        uniqueItems: true,
        items: name('Channel'),
      },
      format: payloadFormat(),
    },
    ['channels'],
  ),
  example: { channels: ['orders'], format: 'json' },
};

export const FUNCTIONS: readonly FunctionType[] = [
  ...sqlFunctions('postgres', { reads: 'It runs in a read-only transaction' }),
  LISTEN,
];
