import { host, integer, objectOf, oneOf, port, secret, text, timeoutMs } from '../support/schema';
import { tlsSchema } from '../support/tls';

export const SECURITY = ['starttls', 'tls', 'none'] as const;

/** Of one message, all three kinds together. */
export const MOST_RECIPIENTS = 100;
const MOST_ATTACHMENTS = 20;
/** Mebibytes of a message's parts, before they are encoded. */
export const USUAL_SIZE = 10;

export const CONNECTION_SCHEMA = objectOf(
  {
    host: host(),
    port: port(587),
    secure: oneOf(
      'TLS: asked for after connecting, and never done without (starttls); from the start, as on port 465 (tls); or none',
      SECURITY,
      'starttls',
    ),
    username: text('Name of the user, where the server wants one', { minLength: 1, maxLength: 255 }),
    password: secret('Password of the user'),
    fromEmail: text('Address that messages are from', { minLength: 3, maxLength: 320, examples: ['hub@example.com'] }),
    fromName: text('Name that goes with it', { maxLength: 100 }),
    maxMessageMb: integer('The largest message (MiB), all its parts together', 1, 25, { default: USUAL_SIZE }),
    timeoutMs: timeoutMs(),
    tls: tlsSchema(),
  },
  ['host', 'fromEmail'],
);

const address = text('', { minLength: 3, maxLength: 500 });
const recipients = (description: string) => ({
  description: `${description}: addresses, or Name <address>; a text may have several, separated by commas`,
  anyOf: [text('', { maxLength: 10_000 }), { type: 'array', maxItems: MOST_RECIPIENTS, items: address }],
});

const body = (description: string) => text(description, { maxLength: 10_000_000 });

export const SEND_SCHEMA = objectOf(
  {
    to: recipients('Who it is for'),
    cc: recipients('Who is to know of it'),
    bcc: recipients('Who is to know of it without the others knowing'),
    replyTo: recipients('Where answers go'),
    subject: text('One line', { maxLength: 998 }),
    text: body('The message as plain text'),
    html: body('The message as HTML; values of parameters stay text in it'),
    attachments: {
      type: 'array',
      description: 'Files that go with it',
      maxItems: MOST_ATTACHMENTS,
      items: {
        type: 'object',
        properties: {
          filename: text('Name of the file, without folders', { minLength: 1, maxLength: 255 }),
          content: { type: 'string', description: 'Its bytes in base64' },
          contentType: text('Media type; by the name where not given', { maxLength: 200 }),
        },
        required: ['filename', 'content'],
        additionalProperties: false,
      },
    },
  },
  ['subject'],
);
