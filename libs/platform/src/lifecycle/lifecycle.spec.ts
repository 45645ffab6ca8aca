import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { freePort } from '#testing';
import { drainHttp } from './drain-http';
import { Lifecycle, SHUTDOWN_PHASES } from './lifecycle';
import { LifecycleModule } from './lifecycle.module';

describe('Lifecycle', () => {
  let logged: string[];

  beforeEach(() => {
    logged = [];
    for (const level of ['error', 'warn'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((...args: unknown[]) => void logged.push(String(args[0])));
    }
  });

  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('is ready from the mark until the end begins', async () => {
    const lifecycle = new Lifecycle();
    expect(lifecycle.ready).toBe(false);
    lifecycle.markReady();
    expect(lifecycle.ready).toBe(true);

    let readyWhileStopping: boolean | undefined;
    lifecycle.atShutdown('intake', 'probe', () => (readyWhileStopping = lifecycle.ready));
    await lifecycle.beforeApplicationShutdown();
    lifecycle.markReady();

    expect(readyWhileStopping).toBe(false);
    expect(lifecycle.ready).toBe(false);
  });

  it('app.close() stops the parts phase by phase, whatever the order of registration', async () => {
    const app = await Test.createTestingModule({ imports: [LifecycleModule] }).compile();
    await app.init();
    const stopped: string[] = [];
    const part = (name: string) => async () => {
      await new Promise(setImmediate);
      stopped.push(name);
    };
    const lifecycle = app.get(Lifecycle);
    lifecycle.atShutdown('database', 'pool', part('pool'));
    lifecycle.atShutdown('queues', 'queues', part('queues'));
    lifecycle.atShutdown('intake', 'http', part('http'));
    lifecycle.atShutdown('drain', 'runs', part('runs'));
    lifecycle.atShutdown('intake', 'mqtt', part('mqtt'));

    await app.close();

    expect(stopped).toEqual(['http', 'mqtt', 'runs', 'queues', 'pool']);
  });

  it('logs a part that fails and goes on, also when it throws at once', async () => {
    const lifecycle = new Lifecycle();
    const stopped: string[] = [];
    lifecycle.atShutdown('intake', 'http', () => {
      throw new Error('broken');
    });
    lifecycle.atShutdown('drain', 'runs', () => Promise.reject(new Error('broken')));
    lifecycle.atShutdown('database', 'pool', () => stopped.push('pool'));

    await lifecycle.beforeApplicationShutdown();

    expect(stopped).toEqual(['pool']);
    expect(logged).toEqual(['http did not stop cleanly', 'runs did not stop cleanly']);
  });

  it('leaves a late part behind at the deadline, naming it', async () => {
    jest.useFakeTimers();
    const lifecycle = new Lifecycle();
    const stopped: string[] = [];
    lifecycle.atShutdown('drain', 'stuck runs', () => new Promise(() => undefined));
    lifecycle.atShutdown('database', 'pool', () => stopped.push('pool'));

    const end = lifecycle.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(SHUTDOWN_PHASES.drain - 1);
    expect(stopped).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    await end;

    expect(stopped).toEqual(['pool']);
    expect(logged).toEqual(['stuck runs: not stopped within 20 s, going on']);
    expect(lifecycle.unfinished).toEqual(['stuck runs (drain)']);
  });

  it('stops every part once, however often it is told to', async () => {
    const lifecycle = new Lifecycle();
    const stop = jest.fn();
    lifecycle.atShutdown('drain', 'runs', stop);
    await Promise.all([lifecycle.beforeApplicationShutdown(), lifecycle.beforeApplicationShutdown()]);
    expect(stop).toHaveBeenCalledTimes(1);
  });
});

describe('drainHttp', () => {
  let server: Server;
  /** On a port that nobody is given when it is free again. */
  async function listen(): Promise<number> {
    const port = await freePort();
    await once(server.listen(port, '127.0.0.1'), 'listening');
    return port;
  }

  it('answers the request under way and takes no new one', async () => {
    const arrived = Promise.withResolvers<() => void>();
    server = createServer((_request, response) => arrived.resolve(() => response.end('done')));
    const port = await listen();
    const answer = Promise.withResolvers<number | undefined>();
    get({ port, host: '127.0.0.1' }, (response) => answer.resolve(response.resume().statusCode));
    const finish = await arrived.promise;

    const drained = drainHttp(server, 60_000);
    const refused = Promise.withResolvers<NodeJS.ErrnoException>();
    get({ port, host: '127.0.0.1', agent: false }).on('error', refused.resolve);
    expect((await refused.promise).code).toBe('ECONNREFUSED');
    finish();

    expect(await answer.promise).toBe(200);
    await drained;
  });

  it('cuts a stream that does not end', async () => {
    const arrived = Promise.withResolvers<void>();
    server = createServer((_request, response) => {
      response.writeHead(200).write('data: 1\n\n');
      arrived.resolve();
    });
    const port = await listen();
    const cut = Promise.withResolvers<void>();
    get({ port, host: '127.0.0.1' }, (response) =>
      response
        .resume()
        .on('close', cut.resolve)
        .on('error', () => {}),
    );
    await arrived.promise;

    await drainHttp(server, 10);
    await cut.promise;
  });

  it('has nothing to do for a server that does not listen', async () => {
    await drainHttp(createServer(), 10);
  });
});
