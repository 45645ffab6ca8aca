import { Logger } from '@nestjs/common';
import { topicProblem } from '#kernel';
import type { BrokerClient } from './aedes-internals';
import type { MqttPrincipal } from './ports';
import { REASON } from './reason-codes';
import { unmounted } from './tenant';

/** Together with the gate's own cache this leaves half of the second within which an ended credential closes its connections. */
const REFRESH_MS = 200;
const MAX_VERDICTS = 10_000;

/** What a credential may do on one topic: the topic as the client names it, and why not (0: it may). */
export interface Verdict {
  topic: string;
  code: number;
  text: string;
}

/** A credential with the connections that came in by it; all of them share its rights. */
export class WatchedCredential {
  readonly clients = new Set<BrokerClient>();
  private verdicts = new Map<string, Verdict>();

  constructor(private current: MqttPrincipal) {}

  get principal(): MqttPrincipal {
    return this.current;
  }

  set principal(principal: MqttPrincipal) {
    if (principal === this.current) return;
    this.current = principal;
    this.verdicts = new Map();
  }

  /** Decided once for each topic rather than for each message. */
  verdict(mounted: string): Verdict {
    const known = this.verdicts.get(mounted);
    if (known) return known;
    const verdict = this.judge(unmounted(mounted));
    if (this.verdicts.size >= MAX_VERDICTS) this.verdicts.clear();
    this.verdicts.set(mounted, verdict);
    return verdict;
  }

  private judge(topic: string): Verdict {
    const problem = topicProblem(topic);
    if (problem) return { topic, code: REASON.topicNameInvalid, text: problem };
    if (!this.current.mayPublish(topic)) return { topic, code: REASON.notAuthorized, text: 'not allowed' };
    return { topic, code: 0, text: '' };
  }
}

/** Looks again at the rights of every open connection: one timer for all, one look-up for each credential. */
export class CredentialWatch {
  private readonly log = new Logger(CredentialWatch.name);
  private readonly credentials = new Map<string, WatchedCredential>();
  private readonly refreshing = new Set<WatchedCredential>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    /** The filters that a client subscribes to, as it names them. */
    private readonly filtersOf: (client: BrokerClient) => string[],
    private readonly refuse: (client: BrokerClient, reason: string) => void,
  ) {}

  start(): void {
    this.timer = setInterval(() => {
      for (const [key, credential] of this.credentials) void this.refresh(key, credential);
    }, REFRESH_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** @param key names organization and credential, never the token itself. */
  join(key: string, principal: MqttPrincipal, client: BrokerClient): WatchedCredential {
    let credential = this.credentials.get(key);
    if (credential) credential.principal = principal;
    else this.credentials.set(key, (credential = new WatchedCredential(principal)));
    credential.clients.add(client);
    return credential;
  }

  leave(key: string, client: BrokerClient): void {
    const credential = this.credentials.get(key);
    credential?.clients.delete(client);
    if (credential?.clients.size === 0) this.credentials.delete(key);
  }

  private async refresh(key: string, credential: WatchedCredential): Promise<void> {
    if (this.refreshing.has(credential)) return;
    this.refreshing.add(credential);
    try {
      const before = credential.principal;
      const principal = await before.refresh();
      if (principal) this.apply(credential, principal);
      else this.end(key, credential);
    } catch (error) {
      // The credential store does not answer: nothing can be stored then either, so connections may stay for now.
      this.log.warn(`credentials could not be looked up: ${String(error)}`);
    } finally {
      this.refreshing.delete(credential);
    }
  }

  private apply(credential: WatchedCredential, principal: MqttPrincipal): void {
    if (principal === credential.principal) return;
    credential.principal = principal;
    for (const client of credential.clients) {
      const lost = this.filtersOf(client).some((filter) => !principal.maySubscribe(filter));
      if (lost) this.refuse(client, 'rights on a subscription have ended');
    }
  }

  private end(key: string, credential: WatchedCredential): void {
    this.credentials.delete(key);
    for (const client of [...credential.clients]) this.refuse(client, 'the credential has ended');
  }
}
