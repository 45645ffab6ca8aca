import { keySchedule, outlivedKeys, rotationIsDue, type ScheduledKey } from './key-schedule';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_000 * DAY;

const key = (kid: string, signsFrom: number): ScheduledKey => ({
  kid,
  createdAt: new Date(0),
  signsFrom: new Date(signsFrom),
});

const statuses = (...keys: ScheduledKey[]) => keySchedule(keys, NOW).map(({ kid, status }) => `${kid} ${status}`);

describe('the schedule of keys', () => {
  it('lets the latest of those whose time has come sign, and names it first', () => {
    expect(statuses(key('a', NOW - 2 * DAY), key('c', NOW + 1), key('b', NOW))).toEqual([
      'b signing',
      'a retiring',
      'c verifying',
    ]);
  });

  it('lets the earliest sign where all are still to come', () => {
    expect(statuses(key('b', NOW + 2), key('a', NOW + 1))).toEqual(['a signing', 'b verifying']);
  });

  it('is the same in every process for keys of one moment', () => {
    expect(statuses(key('b', NOW), key('a', NOW))).toEqual(statuses(key('a', NOW), key('b', NOW)));
  });

  it('keeps a retired key for as long as a token of it may live', () => {
    const keys = [key('old', 0), key('new', NOW)];
    expect(keySchedule(keys, NOW)[1]!.verifiesUntil).toEqual(new Date(NOW + 25 * HOUR));
    expect(outlivedKeys(keySchedule(keys, NOW + 25 * HOUR - 1), NOW + 25 * HOUR - 1)).toEqual([]);
    expect(outlivedKeys(keySchedule(keys, NOW + 25 * HOUR), NOW + 25 * HOUR)).toEqual(['old']);
  });

  it('calls for another key after 90 days, once', () => {
    const due = (...keys: ScheduledKey[]) => rotationIsDue(keySchedule(keys, NOW), NOW);
    expect(due(key('a', NOW - 90 * DAY + 1))).toBe(false);
    expect(due(key('a', NOW - 90 * DAY))).toBe(true);
    expect(due(key('a', NOW - 90 * DAY), key('b', NOW + 1))).toBe(false);
    expect(due()).toBe(true);
  });
});
