import type { Response } from 'express';
import type { JsonValue } from '#kernel';
import type { ExecutionView } from '../../dto/execution.dto';

/** What a caller of a webhook is sent. No envelope: it is the pipeline's answer, not ours. */
export interface WebhookAnswer {
  status: number;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, a text as it is, nothing for null. */
  body: JsonValue;
}

export const stored = (executionId: string, status = 202): WebhookAnswer => ({
  status,
  body: { data: { executionId } },
});

/** Of a run that has ended. */
export function finished({ id, status, error }: ExecutionView, output: JsonValue): WebhookAnswer {
  if (status === 'cancelled') return failed('cancelled', 'The run was cancelled', id);
  if (status === 'failed') return failed('failed', error?.message ?? 'The run failed', id);
  return { status: 200, body: output };
}

const failed = (error: string, message: string, executionId: string): WebhookAnswer => ({
  status: 502,
  body: { error, message, executionId },
});

export function send(response: Response, { status, headers = {}, body }: WebhookAnswer): void {
  response.status(status);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  // Users write these answers, and they come from our own origin: no page among them may act in its name.
  response.setHeader('Content-Security-Policy', 'sandbox');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (body === null) {
    response.end();
    return;
  }
  if (typeof body !== 'string') {
    // Not `json()`: it would take the pipeline's own content type for an address of a template.
    if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.send(Buffer.from(JSON.stringify(body)));
    return;
  }
  if (!response.hasHeader('Content-Type')) response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.send(Buffer.from(body));
}
