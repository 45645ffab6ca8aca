import type { Provider } from 'oidc-provider';
import type { SigningKeys } from './signing-keys';

/**
 * A provider takes its keys when it is made, so another is made when they change: within 250 ms, in every process.
 * Whatever it has to remember is in the database, so that nobody notices.
 */
export class CurrentProvider {
  /** The keys that the provider was made with, in their order. */
  private made: { keys: string; provider: Provider } | undefined;
  private making: Promise<Provider> | undefined;

  constructor(
    private readonly keys: SigningKeys,
    private readonly create: () => Promise<Provider>,
  ) {}

  async get(): Promise<Provider> {
    if (!this.made) await this.keys.ensure();
    const keys = await this.keyOrder();
    if (this.made?.keys === keys) return this.made.provider;
    return (this.making ??= this.make(keys).finally(() => (this.making = undefined)));
  }

  /** Without the database the keys are what they were: the key set itself can still be served. */
  private async keyOrder(): Promise<string> {
    try {
      return (await this.keys.schedule()).map(({ kid }) => kid).join(' ');
    } catch (error) {
      if (this.made) return this.made.keys;
      throw error;
    }
  }

  private async make(keys: string): Promise<Provider> {
    const provider = await this.create();
    this.made = { keys, provider };
    return provider;
  }
}
