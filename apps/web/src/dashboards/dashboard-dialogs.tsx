import { useState } from 'preact/hooks';
import type { Dashboard, DashboardSummary, Folder, Variable } from '../api/types';
import { useHub } from '../app/context';
import { navigate } from '../app/router';
import { Button, IconButton } from '../ui/button';
import { Dialog, FormDialog } from '../ui/dialog';
import { SelectField, TextField } from '../ui/field';
import { useLoad } from '../ui/use-load';
import { last, PRESETS, describe } from './time-range';

interface ClosableProps {
  onClose: () => void;
}

const TOP = { value: '', label: 'None' };

export function useFolders() {
  const { client } = useHub();
  return useLoad((signal) => client.get<Folder[]>('/uns/dashboards/folders', { limit: 200 }, signal), []);
}

function FolderField({ value, onInput }: { value: string; onInput: (value: string) => void }) {
  const { data = [] } = useFolders();
  const options = [TOP, ...data.map(({ id, name }) => ({ value: id, label: name }))];
  return <SelectField label="Folder" value={value} options={options} onInput={onInput} />;
}

export function NewDashboard({ folderId, onClose }: ClosableProps & { folderId: string }) {
  const { client } = useHub();
  const [name, setName] = useState('');
  const [folder, setFolder] = useState(folderId);
  const create = async (): Promise<void> => {
    const body = {
      name,
      folderId: folder || null,
      timeRange: last('1h'),
      refreshSeconds: 0,
      variables: [],
      panels: [],
    };
    const { data } = await client.send<Dashboard>('POST', '/uns/dashboards', body);
    navigate(`/dashboards/${data.id}`);
  };
  return (
    <FormDialog title="New dashboard" action="Create" onSubmit={create} onClose={onClose}>
      <TextField label="Name" value={name} onInput={setName} required maxLength={100} autofocus />
      <FolderField value={folder} onInput={setFolder} />
    </FormDialog>
  );
}

export function CloneDashboard({ dashboard, onClose }: ClosableProps & { dashboard: DashboardSummary }) {
  const { client } = useHub();
  const [name, setName] = useState(`${dashboard.name} (copy)`);
  const [folder, setFolder] = useState(dashboard.folderId ?? '');
  const clone = async (): Promise<void> => {
    const path = `/uns/dashboards/${dashboard.id}/clone`;
    const { data } = await client.send<Dashboard>('POST', path, { name, folderId: folder || null });
    navigate(`/dashboards/${data.id}`);
  };
  return (
    <FormDialog title="Clone this dashboard" action="Clone" onSubmit={clone} onClose={onClose}>
      <TextField label="Name of the copy" value={name} onInput={setName} required maxLength={100} autofocus />
      <FolderField value={folder} onInput={setFolder} />
    </FormDialog>
  );
}

interface DeleteProps extends ClosableProps {
  dashboard: DashboardSummary;
  onDeleted: () => void;
}

export function DeleteDashboard({ dashboard, onDeleted, onClose }: DeleteProps) {
  const { client } = useHub();
  const remove = async (): Promise<void> => {
    await client.send('DELETE', `/uns/dashboards/${dashboard.id}`);
    onDeleted();
  };
  return (
    <FormDialog title={`Delete ${dashboard.name}?`} action="Delete" danger onSubmit={remove} onClose={onClose}>
      <p>The dashboard goes for everybody in the organization. The values that it shows stay.</p>
    </FormDialog>
  );
}

interface FolderDialogProps extends ClosableProps {
  /** One to rename; none for a new one. */
  folder?: Folder;
  parentId: string;
  onSaved: () => void;
}

export function FolderDialog({ folder, parentId, onSaved, onClose }: FolderDialogProps) {
  const { client } = useHub();
  const [name, setName] = useState(folder?.name ?? '');
  const save = async (): Promise<void> => {
    if (folder) await client.send('PATCH', `/uns/dashboards/folders/${folder.id}`, { name });
    else await client.send('POST', '/uns/dashboards/folders', { name, parentId: parentId || null });
    onSaved();
  };
  return (
    <FormDialog title={folder ? 'Rename folder' : 'New folder'} action="Save" onSubmit={save} onClose={onClose}>
      <TextField label="Name" value={name} onInput={setName} required maxLength={100} autofocus />
    </FormDialog>
  );
}

export function DeleteFolder({ folder, onSaved, onClose }: ClosableProps & { folder: Folder; onSaved: () => void }) {
  const { client } = useHub();
  const remove = async (): Promise<void> => {
    await client.send('DELETE', `/uns/dashboards/folders/${folder.id}`);
    onSaved();
  };
  return (
    <FormDialog title={`Delete the folder ${folder.name}?`} action="Delete" danger onSubmit={remove} onClose={onClose}>
      <p>Only an empty folder can be deleted.</p>
    </FormDialog>
  );
}

interface SettingsProps extends ClosableProps {
  dashboard: Dashboard;
  onChange: (part: Partial<Dashboard>) => void;
}

/** Name, time and variables. What is changed belongs to the draft, and is kept with it. */
export function DashboardSettings({ dashboard, onChange, onClose }: SettingsProps) {
  const { timeRange } = dashboard;
  const presets = PRESETS.map((preset) => ({ value: `now-${preset}`, label: describe(last(preset)) }));
  const known = timeRange.to === 'now' && presets.some(({ value }) => value === timeRange.from);
  const ranges = known ? presets : [{ value: timeRange.from, label: describe(timeRange) }, ...presets];
  return (
    <Dialog title="Dashboard" shape="side" onClose={onClose}>
      <div class="dialog-body">
        <TextField label="Name" value={dashboard.name} onInput={(name) => onChange({ name })} maxLength={100} />
        <TextField
          label="Description"
          value={dashboard.description ?? ''}
          onInput={(text) => onChange({ description: text || null })}
          maxLength={500}
        />
        <FolderField value={dashboard.folderId ?? ''} onInput={(id) => onChange({ folderId: id || null })} />
        <SelectField
          label="Time shown at first"
          value={timeRange.from}
          options={ranges}
          onInput={(from) => onChange({ timeRange: { from, to: 'now' } })}
        />
        <Variables variables={dashboard.variables} onChange={(variables) => onChange({ variables })} />
      </div>
      <footer class="dialog-foot">
        <Button kind="main" onClick={onClose}>
          Done
        </Button>
      </footer>
    </Dialog>
  );
}

const splitValues = (text: string): string[] =>
  text
    .split(',')
    .map((value) => value.trim())
    .filter(Boolean);

interface VariablesProps {
  variables: readonly Variable[];
  onChange: (variables: Variable[]) => void;
}

/** Values are listed, or a filter says where they come from. */
function Variables({ variables, onChange }: VariablesProps) {
  const change = (index: number, part: Partial<Variable>): void =>
    onChange(variables.map((one, at) => (at === index ? { ...one, ...part } : one)));
  const setSource = (index: number, text: string): void => {
    const isFilter = text.includes('/');
    change(index, {
      values: isFilter ? null : splitValues(text),
      topics: isFilter ? text.trim() : null,
      default: null,
    });
  };
  const added: Variable = {
    name: `v${variables.length + 1}`,
    label: null,
    values: ['value'],
    topics: null,
    default: null,
  };
  return (
    <fieldset>
      <legend>Variables</legend>
      <p class="hint">
        <code>{'${name}'}</code> in the topic of a query stands for the value that is chosen above the panels.
      </p>
      {variables.map((variable, index) => (
        <div class="row" key={index}>
          <TextField label="Name" value={variable.name} onInput={(name) => change(index, { name })} />
          <TextField
            label="Values, or a filter with +"
            value={variable.topics ?? variable.values?.join(', ') ?? ''}
            onDone={(text) => setSource(index, text)}
          />
          <IconButton
            icon="trash"
            label={`Remove ${variable.name}`}
            onClick={() => onChange(variables.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button icon="add" onClick={() => onChange([...variables, added])}>
        Variable
      </Button>
    </fieldset>
  );
}
