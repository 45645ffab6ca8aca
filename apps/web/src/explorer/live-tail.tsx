import type { UnsRecord } from '../api/types';
import { formatTime, formatValue } from '../dashboards/format';
import { Empty } from '../ui/states';

/** The newest values, as they come. */
export function LiveTail({ records }: { records: readonly UnsRecord[] }) {
  return (
    <section class="box tail">
      <h2>Coming in</h2>
      {records.length === 0 ? (
        <Empty title="Nothing has come yet" />
      ) : (
        <div class="table-scroll" tabIndex={0} role="region" aria-label="Newest values">
          <table class="data">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Value</th>
                <th scope="col">Source</th>
                <th scope="col">Quality</th>
              </tr>
            </thead>
            <tbody>
              {records.map((record, index) => (
                <tr key={`${record.timestamp} ${index}`}>
                  <td class="soft nowrap">{formatTime(record.timestamp)}</td>
                  <td class="cut" title={formatValue(record.value).slice(0, 500)}>
                    {formatValue(record.value).slice(0, 200)}
                  </td>
                  <td class="soft">{record.source ?? ''}</td>
                  <td>
                    <span class={`chip quality-${record.quality}`}>{record.quality}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
