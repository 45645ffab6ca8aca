import { useId } from 'preact/hooks';
import type { Dashboard, Variable } from '../api/types';
import { useHub } from '../app/context';
import { useLoad } from '../ui/use-load';

interface Choice {
  name: string;
  /** What it is unless somebody chooses. */
  value: string | null;
  values: string[];
}

interface VariableChoicesProps {
  dashboard: Dashboard;
  /** What is chosen. */
  chosen: ReadonlyMap<string, string>;
  onChoose: (name: string, value: string) => void;
}

/** A select for each variable: its values as listed, or the levels that topics have now. */
export function VariableChoices({ dashboard, chosen, onChoose }: VariableChoicesProps) {
  const { client } = useHub();
  const id = useId();
  const { data = [] } = useLoad(
    (signal) => client.get<Choice[]>(`/uns/dashboards/${dashboard.id}/variables`, undefined, signal),
    [dashboard.id, dashboard.variables],
  );
  return (
    <div class="variables" role="group" aria-label="Variables">
      {dashboard.variables.map(({ name, label, values: listed }) => {
        const choice = data.find((one) => one.name === name);
        const values = choice?.values ?? listed ?? [];
        const value = chosen.get(name) ?? choice?.value ?? '';
        const all = value === '' || values.includes(value) ? values : [value, ...values];
        return (
          <div class="variable" key={name}>
            <label class="soft" for={`${id}-${name}`}>
              {label ?? name}
            </label>
            <select
              id={`${id}-${name}`}
              value={value}
              onChange={(event) => onChoose(name, (event.target as HTMLSelectElement).value)}
            >
              {all.map((one) => (
                <option key={one} value={one} selected={one === value}>
                  {one}
                </option>
              ))}
            </select>
          </div>
        );
      })}
    </div>
  );
}

/** What the address says. */
export function chosenIn(variables: readonly Variable[], query: URLSearchParams): Map<string, string> {
  const values = variables.map(({ name }) => [name, query.get(`var-${name}`)] as const);
  return new Map(values.filter((pair): pair is [string, string] => pair[1] !== null));
}
