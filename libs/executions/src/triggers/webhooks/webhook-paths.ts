import type { DocumentedPaths } from '#platform/http';

const ANSWERS = {
  200: 'As the trigger says: its own status and body, the last output of the run, or the answer of `flow.respond`',
  202: 'The run goes on after the time that a caller waits: `{"data": {"executionId"}}`',
  400: 'The body cannot be read',
  401: 'A header that the trigger demands is missing or wrong',
  403: 'The address may not call, or the organization is suspended',
  404: 'No enabled pipeline has a webhook with this path',
  405: 'The trigger does not take this method; see Allow',
  409: 'The pipeline runs already and its overlap rule is `skip`, or the key was used for another request',
  413: 'The body is larger than 10 MiB',
  429: 'Too much is waiting to be run, or the address was refused too often; see Retry-After',
  502: 'The run that was waited for has failed: `{error, message, executionId}`',
} as const;

const operation = {
  operationId: 'Webhook_receive',
  tags: ['Webhooks'],
  summary: 'Starts a pipeline by its webhook trigger.',
  description:
    'By whichever method the trigger takes, with the headers that it demands. The path may have several parts. ' +
    'The answer has no envelope. `Idempotency-Key`: one run, however often it is sent within 24 hours.',
  parameters: [
    { name: 'path', in: 'path' as const, required: true, schema: { type: 'string' as const } },
    { name: 'Idempotency-Key', in: 'header' as const, required: false, schema: { type: 'string' as const } },
  ],
  requestBody: { content: { '*/*': { schema: {} } } },
  responses: Object.fromEntries(Object.entries(ANSWERS).map(([status, description]) => [status, { description }])),
};

/** For the OpenAPI document, which knows no route with a path of any length. */
export const WEBHOOK_PATHS: ReturnType<DocumentedPaths['all']> = {
  '/api/v1/scheduler/webhooks/{path}': { post: operation },
};
