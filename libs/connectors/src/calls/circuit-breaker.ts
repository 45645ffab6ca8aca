import { LRUCache } from 'lru-cache';
import { ConnectorError } from './connector-error';

/** Failures in a row after which nobody is asked for a while. */
const FAILURES = 5;
/** Milliseconds. */
const FIRST_PAUSE = 5_000;
const LONGEST_PAUSE = 60_000;
const MOST_KNOWN = 20_000;

interface Circuit {
  failures: number;
  /** By the clock; calls are refused until then. */
  openUntil: number;
  pause: number;
  /** Somebody tries whether it works again. */
  trying: boolean;
}

/**
 * Spares the other side, and those who wait for it, calls that would fail: after five failures in a row that may pass by
 * themselves, calls fail at once; after a pause one is let through, and its success ends it. A failure that will not pass
 * shows that the other side answers.
 */
export class CircuitBreaker {
  private readonly circuits = new LRUCache<string, Circuit>({ max: MOST_KNOWN });

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @throws ConnectorError without doing the work; what the work throws. */
  async guard<T>(key: string, work: () => Promise<T>): Promise<T> {
    const circuit = this.circuits.get(key);
    if (circuit) this.admit(circuit);
    try {
      const result = await work();
      this.circuits.delete(key);
      return result;
    } catch (error) {
      if (error instanceof ConnectorError && error.retryable) this.failed(key);
      else this.circuits.delete(key);
      throw error;
    }
  }

  private admit(circuit: Circuit): void {
    if (circuit.failures < FAILURES) return;
    const left = circuit.openUntil - this.now();
    if (left <= 0 && !circuit.trying) {
      circuit.trying = true;
      return;
    }
    const seconds = Math.max(1, Math.ceil(left / 1_000));
    throw new ConnectorError(`The last ${circuit.failures} calls failed; the next one is made in ${seconds} s`, {
      retryable: true,
    });
  }

  private failed(key: string): void {
    const circuit = this.circuits.get(key) ?? { failures: 0, openUntil: 0, pause: FIRST_PAUSE / 2, trying: false };
    circuit.failures++;
    circuit.trying = false;
    if (circuit.failures >= FAILURES) {
      circuit.pause = Math.min(circuit.pause * 2, LONGEST_PAUSE);
      circuit.openUntil = this.now() + circuit.pause;
    }
    this.circuits.set(key, circuit);
  }
}
