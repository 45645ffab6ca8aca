import { alike } from './opcua-monitor';

describe('nodes to monitor', () => {
  it('go together by how they are sampled', () => {
    const nodes = [{ nodeId: 'i=1' }, { nodeId: 'i=2', deadBand: 1 }, { nodeId: 'i=3', queueSize: 10 }];
    expect(alike({ nodes, samplingIntervalMs: 100 }).map(({ sampling, nodes: own }) => [sampling, own.length])).toEqual(
      [
        [{ samplingIntervalMs: 100, queueSize: 10, deadBand: 0 }, 2],
        [{ samplingIntervalMs: 100, queueSize: 10, deadBand: 1 }, 1],
      ],
    );
  });

  it('go in as many requests as servers take', () => {
    const nodes = Array.from({ length: 201 }, (_, index) => ({ nodeId: `i=${index}` }));
    expect(alike({ nodes }).map(({ nodes: own }) => own.length)).toEqual([100, 100, 1]);
  });
});
