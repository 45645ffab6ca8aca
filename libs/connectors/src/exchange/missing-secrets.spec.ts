import { SchemaValidator } from '#platform/json-schema';
import type { JsonObject } from '../protocols';
import { SecretFields } from '../secrets';
import { missingSecrets } from './missing-secrets';

const secret = { type: 'string', 'x-secret': true };
const auth = (type: string, ...required: string[]) => ({ properties: { type: { const: type } }, required });
const SCHEMA = {
  type: 'object',
  properties: {
    host: {},
    token: secret,
    auth: { type: 'object', properties: { pin: secret, key: secret, salt: secret } },
  },
  required: ['host'],
  allOf: [{ properties: { auth: { oneOf: [auth('pin', 'pin'), auth('key', 'key', 'salt'), auth('none')] } } }],
};
const VALIDATOR = new SchemaValidator(SCHEMA);
const PROTOCOL = {
  secretFields: new SecretFields(SCHEMA),
  configProblems: (config: JsonObject) => VALIDATOR.problems(config),
};

it.each<[JsonObject, string[]]>([
  [{ host: 'h' }, []],
  [{ host: 'h', auth: { type: 'none' } }, []],
  [{ host: 'h', auth: { type: 'pin' } }, ['/auth/pin']],
  [{ host: 'h', auth: { type: 'key' } }, ['/auth/key', '/auth/salt']],
  [{ host: 'h', auth: { type: 'key', salt: '********' } }, ['/auth/key']],
  // Secrets would not mend it.
  [{ auth: { type: 'pin' } }, []],
  [{ host: 'h', auth: { type: 'other' } }, []],
])('%j lacks %j', (config, places) => {
  expect(missingSecrets(PROTOCOL, config)).toEqual(places);
});
