import { createPrivateKey, X509Certificate } from 'node:crypto';
import { invalid, type FieldProblem } from '#kernel';
import type { Broker, OutsideBroker } from '#platform/mqtt';
import type { BrokerSettings } from './dto/uns-settings.dto';
import { SECRET_MASK } from './settings-part';

const PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];
const ENCRYPTED = ['mqtts:', 'wss:'];
const OUTSIDE_FIELDS = ['url', 'username', 'password', 'ca', 'certificate', 'privateKey'] as const;

type Pem = 'ca' | 'certificate' | 'privateKey';

const problem = (field: string, rest: string): FieldProblem => ({
  field: `broker.${field}`,
  message: `${field} ${rest}`,
});

/** Secrets as `********`. */
export function maskedBroker(broker: Broker): object {
  if (broker.kind === 'embedded') return broker;
  const { password, privateKey, ...open } = broker;
  return {
    ...open,
    ...(password !== undefined && { password: SECRET_MASK }),
    ...(privateKey !== undefined && { privateKey: SECRET_MASK }),
  };
}

/**
 * What is asked for, with the secrets that are masked or left out taken from what holds: as long as they would go to the
 * same address for the same user. @throws DomainError `bad_request`
 */
export function acceptedBroker(given: BrokerSettings, current: Broker): Broker {
  if (given.kind === 'embedded') {
    const [surplus] = OUTSIDE_FIELDS.filter((field) => given[field] !== undefined && given[field] !== null);
    if (surplus) throw invalid(problem(surplus, 'belongs to an outside broker'));
    return { kind: 'embedded' };
  }
  const old = current.kind === 'outside' ? current : undefined;
  const { url = '' } = given;
  const problems = [...urlProblems(url), ...tooMuchFor(url, given)];
  const same = (field: 'username' | 'certificate'): boolean =>
    old !== undefined && sameAddress(old.url, url) && (given[field] ?? undefined) === old[field];
  const password = secret('password', given.password, same('username') ? old?.password : undefined, problems);
  const privateKey = secret(
    'privateKey',
    given.privateKey,
    same('certificate') ? old?.privateKey : undefined,
    problems,
  );
  const broker: OutsideBroker = {
    kind: 'outside',
    url,
    ...present({ username: given.username, password, ca: given.ca, certificate: given.certificate, privateKey }),
  };
  problems.push(...pemProblems(broker));
  const [first, ...others] = problems;
  if (first) throw invalid(first, ...others);
  return broker;
}

function urlProblems(text: string): FieldProblem[] {
  const url = URL.parse(text);
  if (!url || !PROTOCOLS.includes(url.protocol) || url.hostname === '') {
    return [problem('url', 'must be an address that begins with mqtt://, mqtts://, ws:// or wss://')];
  }
  if (url.username || url.password) return [problem('url', 'must not carry credentials; use username and password')];
  const isWeb = url.protocol.startsWith('ws');
  const more = (!isWeb && !['', '/'].includes(url.pathname)) || url.search || url.hash;
  return more ? [problem('url', isWeb ? 'must end with the path' : 'must end with the port')] : [];
}

/** What would be sent nowhere is a mistake: of the address, most of the time. */
function tooMuchFor(url: string, given: BrokerSettings): FieldProblem[] {
  if (ENCRYPTED.includes(URL.parse(url)?.protocol ?? '')) return [];
  const surplus = (['ca', 'certificate', 'privateKey'] as const).filter((field) => typeof given[field] === 'string');
  return surplus.map((field) => problem(field, 'takes an address that begins with mqtts:// or wss://'));
}

function secret(
  field: 'password' | 'privateKey',
  given: string | null | undefined,
  kept: string | undefined,
  problems: FieldProblem[],
): string | undefined {
  if (given === SECRET_MASK && kept === undefined)
    problems.push(problem(field, 'is required: there is none for this address'));
  return given === undefined || given === SECRET_MASK ? kept : (given ?? undefined);
}

const PEM_READERS: Readonly<Record<Pem, (text: string) => unknown>> = {
  ca: (text) => new X509Certificate(text),
  certificate: (text) => new X509Certificate(text),
  privateKey: (text) => createPrivateKey(text),
};

function pemProblems(broker: OutsideBroker): FieldProblem[] {
  const unreadable = (Object.keys(PEM_READERS) as Pem[]).filter((field) => {
    const text = broker[field];
    if (text === undefined) return false;
    try {
      PEM_READERS[field](text);
      return false;
    } catch {
      return true;
    }
  });
  const problems = unreadable.map((field) =>
    problem(field, `must be a ${field === 'privateKey' ? 'private key without a passphrase' : 'certificate'} in PEM`),
  );
  const { certificate, privateKey } = broker;
  if (certificate !== undefined && privateKey === undefined)
    problems.push(problem('privateKey', 'is required with a certificate'));
  if (certificate === undefined && privateKey !== undefined)
    problems.push(problem('certificate', 'is required with a private key'));
  if (problems.length > 0 || certificate === undefined) return problems;
  const fits = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(privateKey!));
  return fits ? [] : [problem('privateKey', 'does not belong to the certificate')];
}

const sameAddress = (one: string, other: string): boolean => URL.parse(one)?.href === URL.parse(other)?.href;

/** Without what is not there, so that two that say the same are equal. */
const present = (fields: Record<string, string | null | undefined>): object =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
