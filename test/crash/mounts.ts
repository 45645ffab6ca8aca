import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const opened = new Set<Mounts>();

/** File systems for a test, mounted where only the processes of the test see them; gone with it. */
export class Mounts {
  private constructor(
    private readonly keeper: ChildProcess,
    /** A command that runs the one behind it where the mounts are seen. */
    readonly through: readonly string[],
  ) {}

  /** Undefined where this user may not mount, which is said. */
  static async open(): Promise<Mounts | undefined> {
    const keeper = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', 'echo ready; exec cat'], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const ready = await Promise.race([
      once(keeper.stdout, 'data').then(() => true),
      once(keeper, 'exit').then(() => false),
      once(keeper, 'error').then(() => false),
    ]);
    if (ready) {
      const mounts = new Mounts(keeper, ['nsenter', `--target=${keeper.pid}`, '--mount', '--']);
      opened.add(mounts);
      return mounts;
    }
    const name = expect.getState().currentTestName;
    process.stderr.write(`left out: "${name}" needs the right to mount (root with CAP_SYS_ADMIN)\n`);
    return undefined;
  }

  run(...command: string[]): void {
    const [program, ...args] = [...this.through, ...command];
    execFileSync(program!, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  /** Closes what a test has opened. */
  static async closeAll(): Promise<void> {
    await Promise.all([...opened].map((mounts) => mounts.close()));
  }

  private async close(): Promise<void> {
    opened.delete(this);
    const closed = once(this.keeper, 'exit');
    this.keeper.stdin!.end();
    await closed;
  }
}
