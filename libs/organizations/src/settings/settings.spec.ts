import { applyChange, DEFAULT_SETTINGS, effectiveSettings } from './settings';

describe('settings', () => {
  it('have defaults', () => {
    expect(effectiveSettings({})).toEqual(DEFAULT_SETTINGS);
  });

  it('change field by field, and say what changed', () => {
    const { stored, changes } = applyChange({ timeZone: 'Europe/Berlin' }, { retention: { auditDays: 90 } });
    expect(stored).toEqual({ timeZone: 'Europe/Berlin', 'retention.auditDays': 90 });
    expect(changes).toEqual([{ field: 'retention.auditDays', old: 365, new: 90 }]);
    expect(effectiveSettings(stored)).toMatchObject({
      timeZone: 'Europe/Berlin',
      retention: { recordsDays: 365, auditDays: 90 },
    });
  });

  it('go back to the default by null, one or a whole group', () => {
    const stored = { timeZone: 'Asia/Tokyo', 'retention.auditDays': 90, 'retention.recordsDays': 7 };
    expect(applyChange(stored, { timeZone: null }).changes).toEqual([
      { field: 'timeZone', old: 'Asia/Tokyo', new: 'UTC' },
    ]);
    expect(applyChange(stored, { retention: { auditDays: null } }).stored).not.toHaveProperty(['retention.auditDays']);
    expect(applyChange(stored, { retention: null })).toEqual({
      stored: { timeZone: 'Asia/Tokyo' },
      changes: [
        { field: 'retention.recordsDays', old: 7, new: 365 },
        { field: 'retention.auditDays', old: 90, new: 365 },
      ],
    });
  });

  it('say nothing of what stays the same', () => {
    expect(applyChange({}, { timeZone: 'UTC', retention: {}, executions: undefined })).toEqual({
      stored: { timeZone: 'UTC' },
      changes: [],
    });
  });
});
