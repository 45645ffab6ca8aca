import type { IncomingMessage, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { Provider } from 'oidc-provider';
import { OAuthProvider } from './oauth-provider';
import { SigningKeys } from './signing-keys';

interface Made {
  /** The keys it was made with, in their order. */
  keys: string;
  provider: Provider;
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

/**
 * The provider that requests go to. It takes its keys when it is made, so another is made when they change: within
 * 250 ms, in every process. Whatever it has to remember is in the database, so that nobody notices.
 */
@Injectable()
export class CurrentProvider {
  private readonly preparations: ((provider: Provider) => void)[] = [];
  private made: Made | undefined;
  private making: Promise<Made> | undefined;

  constructor(
    private readonly providers: OAuthProvider,
    private readonly keys: SigningKeys,
  ) {}

  /** Is done to every provider that is made from now on, such as listening to its events. */
  prepare(preparation: (provider: Provider) => void): void {
    this.preparations.push(preparation);
  }

  async get(): Promise<Provider> {
    return (await this.current()).provider;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { handle } = await this.current();
    return handle(request, response);
  }

  private async current(): Promise<Made> {
    const keys = await this.keyOrder();
    if (this.made && this.made.keys === keys) return this.made;
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

  private async make(keys: string): Promise<Made> {
    const provider = await this.providers.create();
    for (const preparation of this.preparations) preparation(provider);
    this.made = { keys, provider, handle: provider.callback() };
    return this.made;
  }
}
