import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { DomainError, forbidden, notFound, type JsonValue } from '#kernel';
import { RateLimits } from '#platform/http';
import { ExecutionIntake } from '../../intake/execution-intake';
import { startKey, type ExecutionStart, type StartKey, type Started } from '../../intake/execution-start';
import { KEY_HOURS, requireStarted } from '../../start/execute.service';
import { keyTextOf } from '../../start/request-key';
import { TriggerCounts } from '../trigger-counts';
import { TriggerStarts, type LiveTrigger } from '../trigger-starts';
import { allows, authenticates, plainAddress, visibleHeaders, type Respond, type Webhook } from './webhook';
import { send, stored, type WebhookAnswer } from './webhook-answer';
import { fieldsOf, payloadOf, readBody } from './webhook-body';
import { WebhookIndex } from './webhook-index';
import { WebhookWaiting } from './webhook-waiting';

/** Starts pipelines by HTTP requests from anywhere. */
@Injectable()
export class WebhookService {
  constructor(
    private readonly index: WebhookIndex,
    private readonly limits: RateLimits,
    private readonly starts: TriggerStarts,
    private readonly intake: ExecutionIntake,
    private readonly waiting: WebhookWaiting,
    private readonly counts: TriggerCounts,
  ) {}

  /**
   * Checks in this order: path, method, address, authentication, organization; only then is the body read.
   * @throws DomainError `not_found`, `method_not_allowed`, `forbidden`, `unauthenticated`, `organization_suspended`,
   * `payload_too_large`, `bad_request`, `conflict`, `too_many_requests`, `unavailable`.
   */
  async receive(request: Request, response: Response): Promise<void> {
    const webhook = await this.index.find(pathOf(request));
    if (!webhook) throw notFound('Webhook');
    if (!webhook.methods.includes(request.method)) return refuseMethod(webhook, request, response);
    const clientIp = plainAddress(request.ip ?? '');
    await this.admit(webhook, request, clientIp);
    const live = await this.starts.live(webhook);
    if (!live) throw notFound('Webhook');
    const body = await readBody(request, response);
    const input = {
      method: request.method,
      path: webhook.path,
      headers: visibleHeaders(webhook, request.headers),
      query: fieldsOf(queryOf(request)),
      clientIp,
      payload: payloadOf(body, request.header('content-type')),
    };
    send(response, await this.run(webhook, live, input, request, response, body));
  }

  private async admit(webhook: Webhook, request: Request, clientIp: string): Promise<void> {
    // Counted apart from sign-in: a machine with a wrong key must not keep the people of its site out.
    const limited = `webhooks ${clientIp}`;
    await this.limits.checkAddress(limited);
    if (!allows(webhook, clientIp)) {
      await this.limits.countRefusal(limited);
      throw forbidden('This address may not call the webhook');
    }
    if (!authenticates(webhook, request.headers)) {
      await this.limits.countRefusal(limited);
      throw new DomainError('unauthenticated', 'missing or invalid credentials');
    }
    if (!(await this.starts.isActive(webhook.organizationId))) {
      throw new DomainError('organization_suspended', 'This organization is suspended');
    }
  }

  private async run(
    webhook: Webhook,
    live: LiveTrigger,
    input: JsonValue,
    request: Request,
    response: Response,
    body: Buffer,
  ): Promise<WebhookAnswer> {
    const { respond = 'immediately', status = 200, body: ownBody = null } = live.parameters as ResponseParameters;
    const key = keyOf(webhook, request, body);
    const awaited = respond !== 'immediately';
    const start = live.start(input, { awaited, ...(key && { key }) });
    const executionId = requireStarted(await this.begin(webhook, start));
    if (awaited) return this.waiting.answer(webhook.organizationId, executionId, respond, () => response.closed);
    return ownBody === null ? stored(executionId, status) : { status, body: ownBody };
  }

  private async begin(webhook: Webhook, start: ExecutionStart): Promise<Started> {
    try {
      const started = await this.intake.start(start);
      if (started.kind === 'started') this.counts.fired(webhook);
      if (started.kind === 'skipped') this.counts.dropped(webhook);
      return started;
    } catch (error) {
      this.counts.dropped(webhook);
      throw error;
    }
  }
}

interface ResponseParameters {
  respond?: Respond;
  status?: number;
  body?: JsonValue;
}

/** Of the trigger's pattern, or of no webhook: what hides a slash or a dot in an escape names nothing. */
function pathOf({ params }: Request): string {
  const path = (params as { path?: string | string[] }).path ?? '';
  const levels = Array.isArray(path) ? path : [path];
  return levels.some((level) => level.includes('/')) ? '' : levels.join('/');
}

function queryOf({ originalUrl }: Request): URLSearchParams {
  const begin = originalUrl.indexOf('?');
  return new URLSearchParams(begin === -1 ? '' : originalUrl.slice(begin + 1));
}

/** OPTIONS is told what there is, and starts nothing. @throws DomainError `method_not_allowed` */
function refuseMethod({ methods }: Webhook, request: Request, response: Response): void {
  response.setHeader('Allow', methods.join(', '));
  if (request.method !== 'OPTIONS') {
    throw new DomainError('method_not_allowed', `This webhook takes ${methods.join(', ')}`);
  }
  response.status(204).end();
}

/** Bound to the trigger; the same key with another request is refused. */
function keyOf({ pipelineId, nodeId }: Webhook, request: Request, body: Buffer): StartKey | undefined {
  const key = keyTextOf(request);
  if (key === undefined) return undefined;
  const fingerprint = createHash('sha256').update(`${request.method} ${request.originalUrl}\n`).update(body).digest();
  return { text: startKey(`webhook:${pipelineId}/${nodeId}`, key), fingerprint, hours: KEY_HOURS };
}
