import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import type { Socket } from 'node:net';
import { Module } from '@nestjs/common';
import {
  ConnectorError,
  networkFailure,
  Protocol,
  withinDeadline,
  type CallOptions,
  type JsonObject,
  type ProtocolDefinition,
  type Session,
  type SessionContext,
  type Subscriber,
  type Subscription,
} from '#connectors';
import type { JsonValue } from '#kernel';

/** Milliseconds. */
const LONGEST = 10_000;

interface Config {
  port: number;
  user: string;
}

/** Lines of text over TCP: what a test can see every byte of. */
class LinesSession implements Session {
  private readonly answers: ((line: string) => void)[] = [];
  private subscriber: Subscriber | undefined;

  constructor(
    private readonly socket: Socket,
    lines: Interface,
    context: SessionContext,
    private readonly where: string,
  ) {
    lines.on('line', (line) => this.hear(line));
    socket.once('close', () =>
      context.lost(new ConnectorError(`${where}: the connection was lost`, { retryable: true })),
    );
  }

  call(_type: string, config: JsonObject, { signal, timeoutMs = LONGEST }: CallOptions): Promise<JsonValue> {
    return withinDeadline({ timeoutMs, signal, where: this.where }, () => this.ask(config['text'] as string));
  }

  async check(signal: AbortSignal): Promise<void> {
    await withinDeadline({ timeoutMs: LONGEST, signal, where: this.where }, () => this.ask('ping'));
  }

  subscribe(_type: string, config: JsonObject, subscriber: Subscriber): Promise<Subscription> {
    if (config['topic'] === 'forbidden') throw new ConnectorError('The topic is forbidden');
    this.subscriber = subscriber;
    this.socket.write(`listen ${config['topic'] as string}\n`);
    return Promise.resolve({
      close: () => {
        this.subscriber = undefined;
        this.socket.write('silence\n');
        return Promise.resolve();
      },
    });
  }

  close(): Promise<void> {
    this.socket.destroy();
    return Promise.resolve();
  }

  private ask(text: string): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    this.answers.push(resolve);
    this.socket.write(`${text}\n`);
    return promise;
  }

  private hear(line: string): void {
    const [, id, payload] = /^message (\S+) (.*)$/.exec(line) ?? [];
    if (id === undefined) this.answers.shift()?.(line);
    else void this.take(id, payload!);
  }

  private async take(id: string, payload: string): Promise<void> {
    try {
      await this.subscriber?.take({ id, key: 'lines', payload });
      this.socket.write(`taken ${id}\n`);
    } catch {
      // It comes again with the next session.
    }
  }
}

/** Whoever is cut off before is told of no line. */
async function welcomed(lines: Interface, where: string, signal: AbortSignal): Promise<Interface> {
  const closed = once(lines, 'close', { signal }).then(() => ['']);
  const [answer] = (await Promise.race([once(lines, 'line', { signal }), closed])) as [string];
  if (answer === '') throw new ConnectorError(`${where}: the connection was lost`, { retryable: true });
  if (answer !== 'welcome') throw new ConnectorError(`${where}: ${answer}`);
  return lines;
}

@Protocol()
class LinesProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'lines',
    title: 'Lines',
    description: 'Lines of text over TCP',
    version: 1,
    verified: false,
    mode: 'live',
    config: {
      type: 'object',
      properties: { port: { type: 'integer' }, user: { type: 'string' } },
      required: ['port', 'user'],
      additionalProperties: false,
    },
    example: { port: 1, user: 'a' },
    functions: [
      {
        type: 'lines.ask',
        title: 'Ask',
        description: 'Asks',
        kind: 'call',
        config: {
          type: 'object',
          properties: { text: { type: 'string' } },
          required: ['text'],
          additionalProperties: false,
        },
        example: { text: 'a' },
      },
      {
        type: 'lines.listen',
        title: 'Listen',
        description: 'Listens',
        kind: 'subscribe',
        config: {
          type: 'object',
          properties: { topic: { type: 'string' } },
          required: ['topic'],
          additionalProperties: false,
        },
        example: { topic: 'a' },
      },
    ],
  };

  async open(config: JsonObject, context: SessionContext): Promise<Session> {
    const { port, user } = config as unknown as Config;
    const where = `127.0.0.1:${port}`;
    try {
      return await withinDeadline({ timeoutMs: LONGEST, signal: context.signal, where }, async (signal) => {
        const socket = await context.outbound.socket('127.0.0.1', port, signal);
        const lines = createInterface(socket.on('error', () => undefined));
        socket.write(`hello ${user}\n`);
        try {
          return new LinesSession(socket, await welcomed(lines, where, signal), context, where);
        } catch (error) {
          socket.destroy();
          throw error;
        }
      });
    } catch (error) {
      throw networkFailure(error, where) ?? error;
    }
  }
}

@Module({ providers: [LinesProtocol] })
export default class LinesModule {}
