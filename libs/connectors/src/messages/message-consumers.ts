import { Injectable } from '@nestjs/common';
import type { Message } from '../protocols';

/** A message that a connection's subscribing function has brought. */
export interface BroughtMessage extends Message {
  organizationId: string;
  connectionId: string;
  functionId: string;
}

/** What a consumer does about some messages. */
export interface MessageWork {
  /** In the transaction that says that they are kept. What it throws lets the other side bring all of them again. */
  store(): Promise<void>;
  /** After the commit. Must not throw. */
  committed(): void;
}

export interface MessageConsumer {
  /** Functions of the connection that messages are wanted of; asked often. */
  wanted(organizationId: string, connectionId: string): readonly string[];
  /** Whether the organization can take more now: until then messages stay with the other side. */
  hasRoom(organizationId: string): Promise<boolean>;
  /** Before the transaction. */
  prepare(messages: readonly BroughtMessage[]): Promise<MessageWork>;
}

type Listener = (organizationId: string) => void;

/** Who acts upon messages: one at most, which says so before the first connection is opened. */
@Injectable()
export class MessageConsumers {
  private consumer: MessageConsumer | undefined;
  private readonly listeners: Listener[] = [];

  /** @throws Error for a second one. */
  register(consumer: MessageConsumer): void {
    if (this.consumer) throw new Error('messages have a consumer already');
    this.consumer = consumer;
  }

  /** Nothing where nobody wants messages. */
  get registered(): MessageConsumer | undefined {
    return this.consumer;
  }

  /** To be called by the consumer when what it wants of an organization's connections has changed. */
  changed(organizationId: string): void {
    for (const listener of this.listeners) listener(organizationId);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }
}
