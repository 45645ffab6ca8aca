import type { OutsideBrokerStrategy } from './outside-broker.strategy';
import type { OutsideOutlet } from './outside-outlet';
import type { BrokerMonitor, BrokerStatus } from './ports';

/** The broker of the user's as this process sees it; how many clients it has is its own business. */
export class OutsideMonitor implements BrokerMonitor {
  constructor(
    private readonly url: string,
    private readonly outlet: OutsideOutlet,
    private readonly strategy: Pick<OutsideBrokerStrategy, 'isReady' | 'messagesIn'>,
  ) {}

  status(): BrokerStatus {
    return {
      mode: 'outside',
      // Without user name and password, which the address may hold.
      address: new URL(this.url).host,
      state: this.outlet.isConnected && this.strategy.isReady ? 'connected' : 'connecting',
      clients: null,
      messagesIn: this.strategy.messagesIn,
      messagesOut: this.outlet.messagesOut,
      uptimeSeconds: this.outlet.uptimeSeconds,
    };
  }
}
