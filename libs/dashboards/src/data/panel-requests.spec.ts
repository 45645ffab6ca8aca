import type { Panel, PanelQuery, PanelType } from '../dashboard-content';
import { requestsOf } from './panel-requests';

const HOUR = 3_600_000;
const SPAN = { from: 100 * HOUR, to: 124 * HOUR };
const NONE = new Map<string, string>();

const panel = (type: PanelType, change: Partial<PanelQuery> = {}): Panel => ({
  id: 'a',
  title: '',
  type,
  position: { x: 0, y: 0, w: 12, h: 8 },
  queries: [{ topic: 'mHv1.0/${line}/a', field: null, aggregate: null, bucket: null, ...change }],
  options: {},
});

const request = (type: PanelType, change: Partial<PanelQuery> = {}, span = SPAN) =>
  requestsOf(panel(type, change), span, new Map([['line', 'L1']]))[0]?.request;

describe('the request of a panel', () => {
  it('is for records as they are', () => {
    const expected = { topic: 'mHv1.0/L1/a', field: null, ...SPAN, buckets: null };
    expect(request('line')).toEqual(expected);
    expect(request('state-timeline')).toEqual(expected);
  });

  it.each<PanelType>(['stat', 'gauge', 'table'])('of type %s is for the last record, however old it is', (type) => {
    expect(request(type)).toMatchObject({ from: null, to: SPAN.to, buckets: null });
  });

  it('has a bucket that suits the time', () => {
    expect(request('area', { aggregate: 'max' })).toMatchObject({
      ...SPAN,
      buckets: { aggregate: 'max', milliseconds: 180_000, origin: 0 },
    });
  });

  it('takes the whole time as one bucket where one value is shown', () => {
    expect(request('stat', { aggregate: 'avg' })).toMatchObject({
      ...SPAN,
      buckets: { aggregate: 'avg', milliseconds: 24 * HOUR, origin: SPAN.from },
    });
    expect(request('stat', { aggregate: 'avg', bucket: '1h' })).toMatchObject({ buckets: { milliseconds: HOUR } });
  });

  it('is none without the values of its variables', () => {
    expect(requestsOf(panel('line'), SPAN, NONE)).toEqual([]);
  });
});
