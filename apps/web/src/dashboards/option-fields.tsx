import type { Mapping, PanelOptions, PanelType, TableColumn, Threshold } from '../api/types';
import { Button, IconButton } from '../ui/button';
import { CheckField, Field, NumberField, SelectField, TextField } from '../ui/field';
import { OPTIONS, typedValue, type OptionName } from './panel-options';

interface OptionFieldsProps {
  type: PanelType;
  options: PanelOptions;
  onChange: (options: PanelOptions) => void;
}

/** The options that panels of a type have. */
export function OptionFields({ type, options, onChange }: OptionFieldsProps) {
  const has = (name: OptionName): boolean => OPTIONS[type].includes(name);
  const change = (part: PanelOptions): void => onChange({ ...options, ...part });
  return (
    <>
      {has('text') && <TextOption value={options.text ?? ''} onInput={(text) => change({ text })} />}
      {(has('unit') || has('min')) && (
        <div class="row">
          {has('unit') && (
            <TextField label="Unit" value={options.unit ?? ''} onInput={(unit) => change({ unit })} maxLength={50} />
          )}
          {has('decimals') && (
            <NumberField
              label="Decimals"
              min={0}
              max={10}
              step={1}
              value={options.decimals}
              onInput={(decimals) => change({ decimals })}
            />
          )}
          {has('min') && <NumberField label="Least" value={options.min} onInput={(min) => change({ min })} />}
          {has('max') && <NumberField label="Most" value={options.max} onInput={(max) => change({ max })} />}
        </div>
      )}
      {has('legend') && (
        <CheckField label="Legend" checked={options.legend ?? true} onChange={(legend) => change({ legend })} />
      )}
      {has('stacked') && (
        <CheckField
          label="Series upon one another"
          checked={options.stacked ?? false}
          onChange={(stacked) => change({ stacked })}
        />
      )}
      {has('thresholds') && (
        <Rows<Threshold>
          name="Thresholds"
          rows={options.thresholds ?? []}
          empty={{ value: 0, color: 'orange' }}
          onChange={(thresholds) => change({ thresholds })}
        >
          {(row, set) => (
            <>
              <NumberField label="From" value={row.value} onInput={(value) => set({ value: value ?? 0 })} />
              <ColorField value={row.color} onInput={(color) => set({ color })} />
            </>
          )}
        </Rows>
      )}
      {has('mappings') && (
        <Rows<Mapping>
          name="Values in words"
          rows={options.mappings ?? []}
          empty={{ value: '', label: '', color: 'green' }}
          onChange={(mappings) => change({ mappings })}
        >
          {(row, set) => (
            <>
              <TextField label="Value" value={String(row.value)} onInput={(text) => set({ value: typedValue(text) })} />
              <TextField label="Shown as" value={row.label ?? ''} onInput={(label) => set({ label })} />
              <ColorField value={row.color ?? 'gray'} onInput={(color) => set({ color })} />
            </>
          )}
        </Rows>
      )}
      {has('columns') && (
        <Rows<TableColumn>
          name="Columns"
          rows={options.columns ?? []}
          empty={{ field: 'value' }}
          onChange={(columns) => change({ columns })}
        >
          {(row, set) => (
            <>
              <TextField label="Field" required value={row.field} onInput={(field) => set({ field })} />
              <TextField label="Name" value={row.label ?? ''} onInput={(label) => set({ label })} />
              <TextField label="Unit" value={row.unit ?? ''} onInput={(unit) => set({ unit })} />
            </>
          )}
        </Rows>
      )}
    </>
  );
}

function TextOption({ value, onInput }: { value: string; onInput: (text: string) => void }) {
  return (
    <Field label="Text" hint="Markdown: # heading, **strong**, *emphasis*, - list, `code`, [link](https://…)">
      {(id, describedBy) => (
        <textarea
          id={id}
          aria-describedby={describedBy}
          rows={12}
          maxLength={20_000}
          value={value}
          onInput={(event) => onInput((event.target as HTMLTextAreaElement).value)}
        />
      )}
    </Field>
  );
}

const COLORS = ['green', 'teal', 'blue', 'purple', 'yellow', 'orange', 'red', 'gray'];

function ColorField({ value, onInput }: { value: string; onInput: (color: string) => void }) {
  const names = COLORS.includes(value) ? COLORS : [value, ...COLORS];
  const options = names.map((name) => ({ value: name, label: name }));
  return <SelectField label="Colour" value={value} options={options} onInput={onInput} />;
}

interface RowsProps<T> {
  name: string;
  rows: readonly T[];
  empty: T;
  onChange: (rows: T[]) => void;
  children: (row: T, set: (part: Partial<T>) => void) => preact.ComponentChildren;
}

/** A list of small things of one kind. */
function Rows<T extends object>({ name, rows, empty, onChange, children }: RowsProps<T>) {
  return (
    <fieldset>
      <legend>{name}</legend>
      {rows.map((row, index) => (
        <div class="row" key={index}>
          {children(row, (part) => onChange(rows.map((one, at) => (at === index ? { ...one, ...part } : one))))}
          <IconButton icon="trash" label="Remove" onClick={() => onChange(rows.filter((_, at) => at !== index))} />
        </div>
      ))}
      <Button icon="add" onClick={() => onChange([...rows, empty])}>
        Add
      </Button>
    </fieldset>
  );
}
