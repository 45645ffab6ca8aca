import type { Dashboard, Variable } from '../api/types';
import { useHub } from '../app/context';
import { useLoad } from '../ui/use-load';

interface VariableChoiceProps {
  dashboard: Dashboard;
  variable: Variable;
  value: string;
  onChange: (value: string) => void;
}

/** One of the values a variable may have: those listed, or the levels that its topics have now. */
export function VariableChoice({ dashboard, variable, value, onChange }: VariableChoiceProps) {
  const { client } = useHub();
  const listed = variable.values;
  const { data = [] } = useLoad(
    async (signal) => {
      if (listed) return listed;
      const [prefix] = (variable.topics ?? '').split('/+');
      const query = { prefix, limit: 200 };
      const nodes = await client.get<{ name: string }[]>('/uns/topics/tree', query, signal);
      return nodes.map(({ name }) => name);
    },
    [dashboard.id, variable],
  );
  const values = data.includes(value) || value === '' ? data : [value, ...data];
  return (
    <label class="variable">
      <span class="soft">{variable.label || variable.name}</span>
      <select value={value} onChange={(event) => onChange((event.target as HTMLSelectElement).value)}>
        {values.map((one) => (
          <option key={one} value={one} selected={one === value}>
            {one}
          </option>
        ))}
      </select>
    </label>
  );
}

/** What the address says, else the default, else the first. */
export function valuesOf(variables: readonly Variable[], query: URLSearchParams): Map<string, string> {
  const values = variables.map(({ name, values: listed, default: preset }) => {
    const value = query.get(`var-${name}`) ?? preset ?? listed?.[0];
    return [name, value] as const;
  });
  return new Map(values.filter((pair): pair is [string, string] => pair[1] !== undefined));
}
