import { hostname } from 'node:os';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { newId } from '#kernel';
import { ProcessRoles } from '#platform/config';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { BrokerChoice, BrokerMonitor, type BrokerPlan } from '#platform/mqtt';
import { RateMeter, type ProcessReport } from './process-report';

const EVERY_MS = 3_000;
/** A process that has said nothing for so long is gone. */
const SILENT = `interval '15 seconds'`;
/** The instance's own figures among those of organizations. */
const ALL = '';

/** What processes tell of the broker, each for itself, and what all of them together told last. */
@Injectable()
export class BrokerReports implements OnApplicationBootstrap {
  private readonly log = new Logger(BrokerReports.name);
  private readonly id = newId();
  private readonly startedAt = new Date();
  private readonly meter = new RateMeter();
  private rates: ReturnType<RateMeter['measure']> = () => ({ inPerSecond: 0, outPerSecond: 0 });
  private timer: NodeJS.Timeout | undefined;
  private running = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly monitor: BrokerMonitor,
    private readonly choice: BrokerChoice,
    private readonly roles: ProcessRoles,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Others know of this process before it serves. */
  async onApplicationBootstrap(): Promise<void> {
    this.lifecycle.atShutdown('queues', 'broker reports', () => this.end());
    this.timer = setInterval(() => void this.report(), EVERY_MS).unref();
    await this.report();
  }

  /** This process as it is now, the others as they last were, and the broker they should all use. */
  async now(): Promise<{ own: ProcessReport; processes: ProcessReport[]; plan: BrokerPlan }> {
    const own = this.own();
    const [plan, others] = await Promise.all([this.choice.plan(), this.others()]);
    return { own, processes: [own, ...others], plan };
  }

  private own(): ProcessReport {
    const tenants = [...this.monitor.tenants()];
    return {
      id: this.id,
      host: hostname(),
      pid: process.pid,
      roles: this.roles.names,
      startedAt: this.startedAt,
      broker: { ...this.monitor.status(), ...this.rates(ALL) },
      organizations: Object.fromEntries(tenants.map(([id, figures]) => [id, { ...figures, ...this.rates(id) }])),
    };
  }

  private others(): Promise<ProcessReport[]> {
    return this.database.asSystem((manager) =>
      manager.query<ProcessReport[]>(
        `SELECT id, host, pid, roles, started_at AS "startedAt", broker, organizations FROM uns_processes
         WHERE id <> $1 AND seen_at > now() - ${SILENT} ORDER BY id`,
        [this.id],
      ),
    );
  }

  private report(): Promise<void> {
    return (this.running = this.running.then(async () => {
      try {
        await this.write();
      } catch (error) {
        this.log.debug(`what this process does is not told: ${String(error)}`);
      }
    }));
  }

  private async write(): Promise<void> {
    const totals = new Map([[ALL, this.monitor.status()] as const, ...this.monitor.tenants()]);
    this.rates = this.meter.measure(performance.now(), totals);
    const { id, host, pid, roles, startedAt, broker, organizations } = this.own();
    await this.database.asSystem(async (manager) => {
      await manager.query(
        `INSERT INTO uns_processes (id, host, pid, roles, started_at, seen_at, broker, organizations)
         VALUES ($1, $2, $3, $4, $5, now(), $6, $7)
         ON CONFLICT (id) DO UPDATE
         SET seen_at = excluded.seen_at, broker = excluded.broker, organizations = excluded.organizations`,
        [id, host, pid, roles, startedAt, JSON.stringify(broker), JSON.stringify(organizations)],
      );
      await manager.query(`DELETE FROM uns_processes WHERE seen_at < now() - ${SILENT}`);
    });
  }

  private async end(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
    await this.database.asSystem((manager) => manager.query('DELETE FROM uns_processes WHERE id = $1', [this.id]));
  }
}
