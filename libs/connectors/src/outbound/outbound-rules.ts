import { lookup as resolve } from 'node:dns';
import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressRules } from './address-rules';

/** An address that connections may not reach. */
export class OutboundRefused extends Error {
  override readonly name = 'OutboundRefused';
}

/**
 * What every protocol connects by: addresses are judged after their names are resolved, and the one that was judged is the
 * one that is connected to, so a name that changes its mind in between (DNS rebinding) gains nothing.
 */
export class OutboundRules {
  constructor(private readonly rules: AddressRules) {}

  /** For `net.connect` and `tls.connect`, where the host is a name. Fails with `OutboundRefused`. */
  readonly lookup: LookupFunction = guardedLookup(
    (address) => this.rules.refusing(address),
    (host, options, callback) => resolve(host, { ...options, all: true }, callback),
  );

  /** Those functions look up no address, so that is judged by this. @throws OutboundRefused */
  requireAllowed(host: string): void {
    const rule = isIP(host) ? this.rules.refusing(host) : undefined;
    if (rule !== undefined) throw refused(host, rule);
  }

  /**
   * An address of the host that may be reached, for clients that look names up by themselves. TLS still has to check the
   * certificate for the name. @throws OutboundRefused; Error with a code where the name is not known
   */
  resolve(host: string): Promise<string> {
    this.requireAllowed(host);
    if (isIP(host)) return Promise.resolve(host);
    return new Promise((found, failed) =>
      this.lookup(host, { all: false }, (error, address) => (error ? failed(error) : found(address as string))),
    );
  }

  /**
   * A connected socket, for clients that take one; the signal ends the attempt, not the socket.
   * @throws OutboundRefused; Error with a code of the network, or the signal's reason
   */
  async socket(host: string, port: number, signal: AbortSignal): Promise<Socket> {
    this.requireAllowed(host);
    signal.throwIfAborted();
    const socket = connect({ host, port, lookup: this.lookup, noDelay: true, keepAlive: true });
    const connected = Promise.withResolvers<void>();
    const abort = (): void => connected.reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    socket.once('error', connected.reject).once('connect', connected.resolve);
    try {
      await connected.promise;
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      socket.off('error', connected.reject);
    }
  }

  /** How undici connects. The options are those of `tls.connect`. */
  connector(options: buildConnector.BuildOptions): buildConnector.connector {
    const connect = buildConnector({ ...options, lookup: this.lookup });
    return (target, callback) => {
      try {
        this.requireAllowed(target.hostname);
      } catch (error) {
        callback(error as OutboundRefused, null);
        return;
      }
      connect(target, callback);
    };
  }
}

type Resolve = (
  host: string,
  options: Parameters<LookupFunction>[1],
  callback: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

/** Resolves names to those of their addresses that nothing refuses. */
export function guardedLookup(refusing: (address: string) => string | undefined, resolveAll: Resolve): LookupFunction {
  return (host, options, callback) =>
    resolveAll(host, options, (error, addresses) => {
      if (error) {
        callback(error, []);
        return;
      }
      const allowed = addresses.filter(({ address }) => refusing(address) === undefined);
      const [first] = allowed;
      if (!first) {
        const { address } = addresses[0]!;
        callback(refused(`${host} (${address})`, refusing(address)!), []);
      } else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
}

const refused = (host: string, reason: string): OutboundRefused =>
  new OutboundRefused(`The address ${host} is refused: ${reason}`);
