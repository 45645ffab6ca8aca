import { fillPlaces } from '../../functions/places';
import type { JsonObject } from '../protocol';
import { configProblems, encoderAt, nodesProblems } from './opcua-config';

describe('the config of OPC UA', () => {
  const security = (more: object) => configProblems({ host: 'plc', security: { ...more } });

  it('needs nothing where nothing is secured', () => {
    expect(configProblems({ host: 'plc' })).toEqual([]);
    expect(security({ policy: 'None', mode: 'None' })).toEqual([]);
  });

  it('has policy and mode together', () => {
    expect(security({ mode: 'Sign' }).map(({ field }) => field)).toEqual(['security.policy']);
    expect(security({ policy: 'Basic256Sha256' }).map(({ field }) => field)).toEqual(['security.mode']);
  });

  it('needs certificates where it is secured', () => {
    const secured = { policy: 'Basic256Sha256', mode: 'Sign' };
    expect(security(secured).map(({ field }) => field)).toEqual([
      'security.certificate',
      'security.privateKey',
      'security.trusted',
    ]);
    const wrong = { ...secured, certificate: 'x', privateKey: 'y', rejectUnauthorized: false };
    expect(security(wrong).map(({ message }) => message)).toEqual([
      'security.certificate cannot be read as PEM',
      'security.privateKey cannot be read as PEM',
    ]);
  });

  it('names no two nodes alike', () => {
    const nodes: JsonObject[] = [{ nodeId: 'i=1' }, { nodeId: 'i=2', name: 'i=1' }];
    expect(nodesProblems({ nodes })).toEqual([{ field: 'nodes[1]', message: 'Name i=1 is given to two nodes' }]);
    expect(nodesProblems({ nodes: '((nodes))' })).toEqual([]);
  });
});

describe('a parameter in a node id', () => {
  const fill = (nodeId: string, value: string | number) =>
    fillPlaces({ nodeId }, { values: new Map([['x', value]]), encoderAt })['nodeId'];

  it('is part of the identifier', () => {
    expect(fill('ns=2;s=Line.((x)).Speed', 'a;i=5')).toBe('ns=2;s=Line.a;i=5.Speed');
    expect(fill('ns=((x));s=Speed', 3)).toBe('ns=3;s=Speed');
    expect(fill('((x))', 'ns=1;i=7')).toBe('ns=1;i=7');
  });

  it('makes no other kind of it', () => {
    expect(() => fill('ns=((x));s=Speed', '2;s=Other')).toThrow('Parameter x must be a number there');
  });
});
