import { createHash, timingSafeEqual } from 'node:crypto';
import { isIPv6, type BlockList } from 'node:net';
import type { IncomingHttpHeaders } from 'node:http';
import { addressList, type PipelineTrigger } from '#pipelines';
import type { TriggerPlace } from '../trigger-starts';

export type Respond = 'immediately' | 'whenFinished' | 'node';

/** What a webhook checks its callers by. */
export interface Webhook extends TriggerPlace {
  path: string;
  methods: readonly string[];
  /** Nothing where everybody may call. */
  allowed: BlockList | undefined;
  /** By lower-case names; only digests of the values are kept. */
  auth: readonly { name: string; digest: Buffer }[];
}

interface Parameters {
  path: string;
  methods?: string[];
  auth?: Record<string, string>;
  allowIps?: string[];
}

/** @throws Error for parameters that no check has passed. */
export function readWebhook({ organizationId, pipelineId, nodeId, parameters }: PipelineTrigger): Webhook {
  const { path, methods = ['POST'], auth = {}, allowIps = [] } = parameters as unknown as Parameters;
  return {
    organizationId,
    pipelineId,
    nodeId,
    path,
    methods,
    allowed: allowIps.length > 0 ? addressList(allowIps) : undefined,
    auth: Object.entries(auth).map(([name, value]) => ({ name: name.toLowerCase(), digest: digestOf(value) })),
  };
}

/** An IPv4 caller of an IPv6 socket is one of IPv4. */
export const plainAddress = (address: string): string => /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;

export const allows = ({ allowed }: Pick<Webhook, 'allowed'>, address: string): boolean =>
  allowed === undefined || (address !== '' && allowed.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'));

/** All of them, in a time that tells nothing about any. */
export function authenticates({ auth }: Pick<Webhook, 'auth'>, headers: IncomingHttpHeaders): boolean {
  let matches = true;
  for (const { name, digest } of auth) {
    const given = headers[name];
    // Node reads headers as Latin-1, whatever was sent.
    const bytes = Buffer.from(typeof given === 'string' ? given : '', 'latin1');
    if (!timingSafeEqual(digestOf(bytes), digest) || given === undefined) matches = false;
  }
  return matches;
}

/** Headers that say who calls, or are for the servers on the way. */
const WITHHELD: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Those that a pipeline may see. */
export function visibleHeaders({ auth }: Pick<Webhook, 'auth'>, headers: IncomingHttpHeaders): Record<string, string> {
  const withheld = (name: string): boolean => WITHHELD.has(name) || auth.some((one) => one.name === name);
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || withheld(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

const digestOf = (value: string | Buffer): Buffer => createHash('sha256').update(value).digest();
