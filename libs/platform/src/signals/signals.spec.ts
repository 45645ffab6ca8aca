import { eventually, startStrangePostgres } from '#testing';
import { Config } from '../config';
import { Lifecycle } from '../lifecycle';
import { Signals } from './signals';

it('end with the process while they are just connecting', async () => {
  const server = await startStrangePostgres('silent');
  const lifecycle = new Lifecycle();
  const config = Config.from({ DATABASE_URL: server.url, HUB_SECRET_KEY: '5e'.repeat(32) });
  void new Signals(config, lifecycle).onApplicationBootstrap();
  await eventually(() => server.open === 1);
  await lifecycle.beforeApplicationShutdown();
  await eventually(() => server.open === 0);
  server.stop();
});
