import { Global, Module } from '@nestjs/common';
import { Config } from '../config';
import { Lifecycle } from '../lifecycle';
import { FairSandbox, LONGEST_SCRIPT_MS } from './fair-sandbox';

const LIMITS = {
  timeMs: LONGEST_SCRIPT_MS,
  memoryBytes: 64 * 1024 * 1024,
  outputLength: 16 * 1024 * 1024,
  waiting: 10_000,
  waitingOfTenant: 1_000,
};

function sandboxOf(config: Config, lifecycle: Lifecycle): FairSandbox {
  const sandbox = new FairSandbox({ ...LIMITS, threads: config.scripts.threads });
  // After `drain`: runs that are to finish need it until then.
  lifecycle.atShutdown('queues', 'scripts', () => sandbox.close());
  return sandbox;
}

/** The one `FairSandbox` of the process. Its threads start with the first scripts. */
@Global()
@Module({
  providers: [{ provide: FairSandbox, useFactory: sandboxOf, inject: [Config, Lifecycle] }],
  exports: [FairSandbox],
})
export class SandboxModule {}
