import type { PanelOptions, Series, TableColumn } from '../../api/types';
import { cssColor } from '../../charts/colors';
import { seriesNames } from '../../charts/series-names';
import { formatTime, show, showText, thresholdColor } from '../format';
import { fieldOf } from '../topic-filter';

const MOST_ROWS = 200;
const MOST_COLUMNS = 12;

/** The last value of each series, a row each; members of object values in columns. */
export function TablePanel({ series, options }: { series: readonly Series[]; options: PanelOptions }) {
  const names = seriesNames(series);
  const shown = series.slice(0, MOST_ROWS);
  const columns = options.columns?.length ? options.columns : columnsOf(shown);
  return (
    <div class="table-scroll" tabIndex={0} role="region" aria-label="Table">
      <table class="data">
        <thead>
          <tr>
            <th scope="col">Topic</th>
            {columns.map(({ field, label }) => (
              <th key={field} scope="col" class="number">
                {label ?? (field === '' ? 'Value' : field)}
              </th>
            ))}
            <th scope="col" class="number">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ topic, field, unit, points }, index) => {
            const [time, value] = points.at(-1)!;
            return (
              <tr key={`${topic} ${field ?? ''}`}>
                <th scope="row" title={topic}>
                  {names[index]}
                </th>
                {columns.map((column) => (
                  <Cell
                    key={column.field}
                    value={fieldOf(value, column.field)}
                    options={{ ...options, unit: options.unit ?? unit ?? '', ...withoutLabel(column) }}
                  />
                ))}
                <td class="number soft">{formatTime(time)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const withoutLabel = ({ unit, decimals }: TableColumn): PanelOptions => ({
  ...(unit !== undefined && { unit }),
  ...(decimals !== undefined && { decimals }),
});

function Cell({ value, options }: { value: unknown; options: PanelOptions }) {
  const color = show(value, options).color ?? thresholdColor(value, options.thresholds);
  return (
    <td class="number" style={{ color: cssColor(color) ?? '' }}>
      {showText(value, options)}
    </td>
  );
}

/** The members of the values, where all are objects; else the value itself. */
function columnsOf(series: readonly Series[]): TableColumn[] {
  const values = series.map(({ points }) => points.at(-1)?.[1]);
  const allObjects = values.every((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  if (!allObjects) return [{ field: '' }];
  const names = new Set(values.flatMap((value) => Object.keys(value as object)));
  return [...names].slice(0, MOST_COLUMNS).map((field) => ({ field }));
}
