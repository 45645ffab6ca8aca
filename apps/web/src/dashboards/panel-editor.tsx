import { useState } from 'preact/hooks';
import { AGGREGATES, PANEL_TYPES, type Aggregate, type Panel, type PanelType, type Query } from '../api/types';
import { Button, IconButton } from '../ui/button';
import { Dialog } from '../ui/dialog';
import { SelectField, TextField } from '../ui/field';
import { OptionFields } from './option-fields';
import { optionsFor, TYPE_NAMES } from './panel-options';
import { TopicField } from './topic-field';

interface PanelEditorProps {
  panel: Panel;
  onSave: (panel: Panel) => Promise<void>;
  onClose: () => void;
}

const TYPES = PANEL_TYPES.map((value) => ({ value, label: TYPE_NAMES[value] }));

/** What a panel is called, what it shows and how. */
export function PanelEditor({ panel, onSave, onClose }: PanelEditorProps) {
  const [draft, setDraft] = useState(panel);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Panel>): void => setDraft({ ...draft, ...part });
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    await onSave(finished(draft)).finally(() => setBusy(false));
  };
  return (
    <Dialog title={panel.title || 'Panel'} shape="side" onClose={onClose}>
      <form onSubmit={(event) => void submit(event)}>
        <div class="dialog-body">
          <TextField
            label="Title"
            value={draft.title}
            onInput={(title) => change({ title })}
            maxLength={200}
            autofocus
          />
          <SelectField
            label="Type"
            value={draft.type}
            options={TYPES}
            onInput={(type) => change({ type: type as PanelType })}
          />
          {draft.type !== 'text' && <Queries queries={draft.queries} onChange={(queries) => change({ queries })} />}
          <OptionFields type={draft.type} options={draft.options} onChange={(options) => change({ options })} />
        </div>
        <footer class="dialog-foot">
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" kind="main" disabled={busy}>
            Save panel
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}

function finished({ queries, type, options, ...panel }: Panel): Panel {
  const asked = queries.filter(({ topic }) => topic.trim() !== '');
  return { ...panel, type, options: optionsFor(type, options), queries: type === 'text' ? [] : asked.map(soundQuery) };
}

const soundQuery = ({ topic, field, aggregate, bucket }: Query): Query => ({
  topic: topic.trim(),
  field: field?.trim() ? field.trim() : null,
  aggregate: aggregate ?? null,
  bucket: aggregate && bucket?.trim() ? bucket.trim() : null,
});

const AGGREGATE_OPTIONS = [
  { value: '', label: 'As stored' },
  ...AGGREGATES.map((value) => ({ value: value, label: value })),
];

const EMPTY: Query = { topic: '', field: null, aggregate: null, bucket: null };

interface QueriesProps {
  queries: readonly Query[];
  onChange: (queries: Query[]) => void;
}

function Queries({ queries, onChange }: QueriesProps) {
  const change = (index: number, part: Partial<Query>): void =>
    onChange(queries.map((query, at) => (at === index ? { ...query, ...part } : query)));
  return (
    <fieldset>
      <legend>Queries</legend>
      {queries.map((query, index) => (
        <div class="query" key={index}>
          <TopicField value={query.topic} onInput={(topic) => change(index, { topic })} />
          <div class="row">
            <TextField label="Field" value={query.field ?? ''} onInput={(field) => change(index, { field })} />
            <SelectField
              label="Aggregate"
              value={query.aggregate ?? ''}
              options={AGGREGATE_OPTIONS}
              onInput={(aggregate) => change(index, { aggregate: (aggregate || null) as Aggregate | null })}
            />
            <TextField
              label="Bucket"
              placeholder="auto"
              pattern="\d+[smhd]"
              title="A width such as 30s, 5m or 1h"
              disabled={!query.aggregate}
              value={query.bucket ?? ''}
              onInput={(bucket) => change(index, { bucket })}
            />
            <IconButton
              icon="trash"
              label="Remove query"
              onClick={() => onChange(queries.filter((_, at) => at !== index))}
            />
          </div>
        </div>
      ))}
      <Button icon="add" onClick={() => onChange([...queries, EMPTY])}>
        Query
      </Button>
    </fieldset>
  );
}
