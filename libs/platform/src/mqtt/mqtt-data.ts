import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom, throwError, type Observable } from 'rxjs';
import { TOPIC_ROOT } from '#kernel';
import type { MqttMessageHandler } from './ingest';

/** Nest would turn an error of a handler into "Internal server error"; the transport needs to know which one it was. */
@Catch()
class KeepError implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Marks the one method that takes the namespace's data, as `(payload: Buffer, context: MqttMessageContext)`. A message is
 * acknowledged when the method resolves; a `DomainError` refuses it.
 */
export const MqttData = (): MethodDecorator =>
  applyDecorators(EventPattern(`${TOPIC_ROOT}/#`) as MethodDecorator, UseFilters(KeepError));

/** The handler that Nest registered. @throws Error unless there is exactly one. */
export function soleHandler(handlers: ReadonlyMap<string, MessageHandler>): MqttMessageHandler {
  const [handler, ...others] = handlers.values();
  if (!handler || others.length > 0) {
    throw new Error(`exactly one @MqttData() handler is expected, there are ${handlers.size}`);
  }
  return async (payload, context) => {
    const result: unknown = await handler(payload, context);
    if (isObservable(result)) await lastValueFrom(result, { defaultValue: undefined });
  };
}
