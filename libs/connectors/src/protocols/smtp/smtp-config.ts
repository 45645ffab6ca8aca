import type { FieldProblem } from '#kernel';
import type { JsonObject, PlaceEncoder } from '../protocol';
import { tlsProblems, type TlsConfig } from '../support/tls';
import { MOST_RECIPIENTS, type SECURITY } from './smtp-schemas';

/** A connection's config, secrets included. */
export interface SmtpConfig {
  host: string;
  port?: number;
  secure?: (typeof SECURITY)[number];
  username?: string;
  password?: string;
  fromEmail: string;
  fromName?: string;
  maxMessageMb?: number;
  timeoutMs?: number;
  tls?: TlsConfig;
}

type Recipients = string | string[];

/** A function's config with its parameters put in. */
export interface SendConfig {
  to?: Recipients;
  cc?: Recipients;
  bcc?: Recipients;
  replyTo?: Recipients;
  subject: string;
  text?: string;
  html?: string;
  attachments?: { filename: string; content: string; contentType?: string }[];
}

export interface Address {
  name: string;
  address: string;
}

const CONTROL = /[\x00-\x1f\x7f]/;
/** Without quoted local parts and addresses of hosts, which hardly anybody has. */
const ADDRESS = /^[^\s@<>"(),:;\\[\]]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,253}[\p{L}\p{N}])?$/u;
const NAMED = /^(?:"([^"]*)"|([^<>"]*?))\s*<([^<>]+)>$/;
const MEDIA_TYPE = /^[\w.+-]+\/[\w.+-]+(?:; ?[\w-]+=[\w.+-]+)*$/;
const PLACE = /\(\(\s*\w+\s*\)\)/;

/** The addresses of a text or list. Those that are none have no `address`. */
export function addressesOf(recipients: Recipients | undefined): (Address | { name: string; address: undefined })[] {
  const texts = typeof recipients === 'string' ? separated(recipients) : (recipients ?? []);
  return texts.map((text) => {
    const named = NAMED.exec(text.trim());
    const name = (named?.[1] ?? named?.[2] ?? '').trim();
    const address = (named?.[3] ?? text).trim();
    const isOne = ADDRESS.test(address) && !CONTROL.test(text);
    return { name, address: isOne ? address : undefined };
  });
}

/** By commas and semicolons that stand in no quotes. */
const separated = (text: string): string[] =>
  (text.match(/(?:"[^"]*"|[^,;"]|")+/g) ?? []).filter((part) => part.trim() !== '');

export function configProblems(config: JsonObject): FieldProblem[] {
  const { fromEmail, fromName = '', username, password, secure, tls } = config as unknown as SmtpConfig;
  return [
    ...(ADDRESS.test(fromEmail) ? [] : [{ field: 'fromEmail', message: 'fromEmail must be an e-mail address' }]),
    ...(CONTROL.test(fromName) ? [{ field: 'fromName', message: 'fromName must be one line' }] : []),
    ...((username === undefined) !== (password === undefined)
      ? [{ field: 'password', message: 'username and password belong together' }]
      : []),
    ...(secure === 'none' && tls !== undefined ? [{ field: 'tls', message: 'tls is not for secure none' }] : []),
    ...tlsProblems(tls),
  ];
}

/** Values come later where a text has places: those are judged with them. */
export function functionProblems(config: JsonObject): FieldProblem[] {
  const given = config as unknown as SendConfig;
  const kinds = (['to', 'cc', 'bcc', 'replyTo'] as const).filter((kind) => !isOpen(given[kind]));
  const found = kinds.flatMap((kind) =>
    addressesOf(given[kind]).some(({ address }) => address === undefined)
      ? [{ field: kind, message: `${kind} must be e-mail addresses` }]
      : [],
  );
  if (found.length > 0) return found;
  return [...numberProblems(given), ...contentProblems(given)];
}

function numberProblems(given: SendConfig): FieldProblem[] {
  const { to, cc, bcc } = given;
  if ([to, cc, bcc].some(isOpen)) return [];
  const number = [to, cc, bcc].flatMap(addressesOf).length;
  if (number === 0) return [{ field: 'to', message: 'to, cc or bcc is required' }];
  return number > MOST_RECIPIENTS
    ? [{ field: 'to', message: `A message has ${MOST_RECIPIENTS} recipients at most` }]
    : [];
}

function contentProblems({ subject, text, html, attachments }: SendConfig): FieldProblem[] {
  return [
    ...(CONTROL.test(subject) ? [{ field: 'subject', message: 'subject must be one line' }] : []),
    ...(text === undefined && html === undefined ? [{ field: 'text', message: 'text or html is required' }] : []),
    ...(Array.isArray(attachments) ? attachments : []).flatMap(attachmentProblems),
  ];
}

function attachmentProblems(
  { filename, content, contentType }: NonNullable<SendConfig['attachments']>[number],
  index: number,
): FieldProblem[] {
  const place = `attachments[${index}]`;
  const problem = (member: string, message: string) => [
    { field: `${place}.${member}`, message: `${place}.${member} ${message}` },
  ];
  return [
    ...(CONTROL.test(filename) || /[/\\]/.test(filename) ? problem('filename', 'must be a name without folders') : []),
    ...(PLACE.test(content) || isBase64(content) ? [] : problem('content', 'must be base64')),
    ...(contentType === undefined || PLACE.test(contentType) || MEDIA_TYPE.test(contentType)
      ? []
      : problem('contentType', 'must be a media type')),
  ];
}

const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

const isOpen = (recipients: Recipients | undefined): boolean =>
  [recipients ?? ''].flat().some((text) => PLACE.test(text));

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const intoHtml: PlaceEncoder = (text) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** A value in HTML stays text, unless it is all there is. */
export function encoderAt([top]: readonly string[], { html }: JsonObject): PlaceEncoder | undefined {
  const isWhole = typeof html === 'string' && /^\(\(\s*\w+\s*\)\)$/.test(html);
  return top === 'html' && !isWhole ? intoHtml : undefined;
}
