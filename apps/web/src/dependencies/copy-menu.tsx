import type { Query } from '../api/client';
import { wordsFor, ApiError } from '../api/api-error';
import { useHub } from '../app/context';
import { copy } from '../ui/download';
import { Menu, MenuItem } from '../ui/menu';
import { notify } from '../ui/toast';

const FORMS = [
  { name: 'Mermaid', accept: 'text/vnd.mermaid' },
  { name: 'DOT', accept: 'text/vnd.graphviz' },
] as const;

/** What is looked at, as text for wikis and other programs. */
export function CopyMenu({ query }: { query: Query | undefined }) {
  const { client } = useHub();
  const put = async (name: string, accept: string): Promise<void> => {
    try {
      await copy(await (await client.open('/dependencies/graph', { query, accept })).text());
      notify(`${name} copied`);
    } catch (error) {
      const why = error instanceof ApiError ? wordsFor(error) : 'The browser did not let it be copied';
      notify(why, { isProblem: true });
    }
  };
  return (
    <Menu label="Copy the graph" icon="copy" text="Copy">
      {FORMS.map(({ name, accept }) => (
        <MenuItem key={name} icon="copy" onSelect={() => void put(name, accept)}>
          As {name}
        </MenuItem>
      ))}
    </Menu>
  );
}
