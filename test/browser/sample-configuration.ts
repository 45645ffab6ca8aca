import type { ApiClient } from '#testing';
import { pipelineOf } from '../e2e/executions/pipelines';
import { plantDashboard, topicOf } from './sample-plant';

/** What a small plant is configured by, each part naming others, for pages to show. */
export interface SampleConfiguration {
  model: string;
  line: string;
  connection: string;
  function: string;
  pipeline: string;
  alarm: string;
  dashboard: string;
}

export const MOTOR = topicOf('line-1', 'motor');
/** Named by a pipeline, and not there. */
export const ALARMS = 'mHv1.0/bottling/alarms';

export async function configure(api: ApiClient): Promise<SampleConfiguration> {
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await api.post(path, body);
    if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return (answer.body as { data: { id: string } }).data.id;
  };
  const model = await make('/engine/models', {
    name: 'Motor',
    fields: [
      { name: 'rpm', type: 'number' },
      { name: 'current', type: 'number' },
    ],
  });
  const line = await make('/engine/models', {
    name: 'Line',
    fields: [{ name: 'motor', type: 'object', modelId: model }],
  });
  const connection = await make('/connections', {
    name: 'MES',
    protocol: 'rest',
    enabled: false,
    config: { baseUrl: 'http://127.0.0.1:9' },
  });
  const book = await make(`/connections/${connection}/functions`, {
    name: 'Book output',
    type: 'rest.post',
    config: { path: '/output' },
  });
  const call = { connectionId: connection, functionId: book };
  const pipeline = await make(
    '/engine/pipelines',
    pipelineOf(
      [
        { name: 'Bottles', type: 'trigger.uns.subscribe', parameters: { topics: ['mHv1.0/bottling/+/bottles'] } },
        { name: 'Check', type: 'model.validate', parameters: { modelId: line } },
        { name: 'Book', type: 'connector.function', parameters: call },
      ],
      undefined,
      { name: 'Output to MES' },
    ),
  );
  const alarm = await make(
    '/engine/pipelines',
    pipelineOf(
      [
        { name: 'Motor', type: 'trigger.uns.subscribe', parameters: { topics: [MOTOR] } },
        { name: 'Tell', type: 'system.uns.publish', parameters: { topic: ALARMS } },
        { name: 'Book', type: 'flow.pipeline', parameters: { pipelineId: pipeline } },
      ],
      undefined,
      { name: 'Motor alarm' },
    ),
  );
  const dashboard = await make('/uns/dashboards', plantDashboard());
  await make('/uns/schema-bindings', {
    name: 'Motors',
    filter: 'mHv1.0/bottling/+/motor',
    mode: 'lenient',
    modelId: model,
  });
  return { model, line, connection, function: book, pipeline, alarm, dashboard };
}
