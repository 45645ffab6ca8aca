import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { configProblems, encoderAt, functionProblems, type SmtpConfig } from './smtp-config';
import { CONNECTION_SCHEMA, SEND_SCHEMA } from './smtp-schemas';
import { SmtpSession } from './smtp-session';

/** E-mail by a server that takes it. */
@Protocol()
export class SmtpProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'smtp',
    title: 'SMTP',
    description: 'Sends e-mail: text, HTML and attachments, by STARTTLS or TLS',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { host: 'mail.example.com', username: 'hub', password: 'a secret', fromEmail: 'hub@example.com' },
    functions: [
      {
        type: 'smtp.sendEmail',
        title: 'Send e-mail',
        description: 'Sends a message; it succeeds when the server took it for one recipient at least',
        kind: 'call',
        config: SEND_SCHEMA,
        example: { to: 'shift@example.com', subject: 'Line ((line)) has stopped', text: 'Since ((since)).' },
        encoderAt,
        check: functionProblems,
      },
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  async open(config: JsonObject, { outbound }: SessionContext): Promise<SmtpSession> {
    const { createTransport } = await import('nodemailer');
    return new SmtpSession(createTransport, config as unknown as SmtpConfig, outbound);
  }
}
