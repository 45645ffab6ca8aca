import type { Check } from '#platform/mqtt';
import type { EntityManager } from 'typeorm';

/**
 * One part of the namespace's settings that can be exchanged while running. `Given` is what a request says, `Value` what
 * holds, secrets included. What is stored of a part, beside its value, is its own.
 */
export abstract class SettingsPart<Given extends object = object, Value extends object = object> {
  abstract readonly name: 'storage' | 'broker';
  /** What holds now. @param stored what is stored of this part; undefined where the environment decides. */
  abstract valueOf(stored: unknown): Promise<Value>;
  /** As answers, history and audit trail show it: secrets as `********`. */
  abstract view(value: Value): object;
  /** What a request asks for, with the secrets that it leaves as they are. @throws DomainError `bad_request` naming the field */
  abstract accept(given: Given, current: Value): Value;
  /** Tries it without using it, in bounded time; what failed is `ok: false`. */
  abstract test(value: Value): Promise<Check[]>;
  /**
   * In the transaction that stores it: what is to be stored, and whatever else makes the processes follow. The same value
   * as before makes the environment's one a stored one. @throws DomainError `conflict`
   */
  abstract apply(value: Value, stored: unknown, manager: EntityManager): Promise<unknown>;
  /** How the processes get on with it: what answers show beside the settings. */
  abstract state(): Promise<object>;
}

/** All parts, in the order in which they are tried and applied. */
export class SettingsParts {
  constructor(readonly all: readonly SettingsPart[]) {}
}

/** Stands for secrets in answers; sent back, it keeps the one there is. */
export const SECRET_MASK = '********';
