import { createHash } from 'node:crypto';

import { ConnectorError } from '../../calls/connector-error';
import { MIB } from '../support/http-agent';
import { addressesOf, type Address, type SendConfig, type SmtpConfig } from './smtp-config';
import { USUAL_SIZE } from './smtp-schemas';

/** The message of a checked config. @throws ConnectorError for one that is too large. */
export function messageOf(connection: SmtpConfig, config: SendConfig, idempotencyKey?: string) {
  const { subject, text, html, attachments = [] } = config;
  const files = attachments.map(({ filename, content, contentType }) => ({
    filename,
    content: Buffer.from(content, 'base64'),
    contentDisposition: 'attachment' as const,
    ...(contentType !== undefined && { contentType }),
  }));
  const size = [text ?? '', html ?? '', ...files.map(({ content }) => content)].reduce(
    (sum, part) => sum + Buffer.byteLength(part),
    0,
  );
  const { maxMessageMb = USUAL_SIZE } = connection;
  if (size > maxMessageMb * MIB) throw new ConnectorError(`The message is larger than ${maxMessageMb} MiB`);
  return {
    from: { name: connection.fromName ?? '', address: connection.fromEmail },
    to: addressesOf(config.to) as Address[],
    cc: addressesOf(config.cc) as Address[],
    bcc: addressesOf(config.bcc) as Address[],
    replyTo: addressesOf(config.replyTo) as Address[],
    subject,
    ...(text !== undefined && { text }),
    ...(html !== undefined && { html }),
    attachments: files,
    ...(idempotencyKey !== undefined && { messageId: messageId(connection, idempotencyKey) }),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The same for every attempt: many servers and programs let the second one go. */
function messageId({ fromEmail }: SmtpConfig, key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return `<${hash}@${fromEmail.slice(fromEmail.lastIndexOf('@') + 1)}>`;
}
