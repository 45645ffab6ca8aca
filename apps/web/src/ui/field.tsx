import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: string;
  children: (id: string, describedBy: string | undefined) => ComponentChildren;
}

export function Field({ label, hint, children }: FieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(id, hint === undefined ? undefined : `${id}-hint`)}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps {
  label: string;
  hint?: string;
  value: string;
  onInput?: (value: string) => void;
  /** When it is left, or Enter is pressed. */
  onDone?: (value: string) => void;
  type?: 'text' | 'number' | 'datetime-local';
  step?: number | string;
  min?: number;
  max?: number;
  maxLength?: number;
  pattern?: string;
  title?: string;
  placeholder?: string;
  required?: boolean;
  disabled?: boolean;
  autofocus?: boolean;
}

export const TextField = ({ label, hint, value, onInput, onDone, ...rest }: TextFieldProps) => (
  <Field label={label} hint={hint}>
    {(id, describedBy) => (
      <input
        {...(rest as object)}
        id={id}
        aria-describedby={describedBy}
        value={value}
        onInput={(event) => onInput?.((event.target as HTMLInputElement).value)}
        onChange={(event) => onDone?.((event.target as HTMLInputElement).value)}
      />
    )}
  </Field>
);

interface NumberFieldProps {
  label: string;
  value: number | undefined;
  onInput: (value: number | undefined) => void;
  min?: number;
  max?: number;
  step?: number | 'any';
}

export const NumberField = ({ label, value, onInput, step = 'any', ...rest }: NumberFieldProps) => (
  <TextField
    {...rest}
    label={label}
    type="number"
    step={step}
    value={value === undefined ? '' : String(value)}
    onInput={(text) => onInput(text === '' || Number.isNaN(Number(text)) ? undefined : Number(text))}
  />
);

export interface Option {
  value: string;
  label: string;
}

interface SelectFieldProps {
  label: string;
  value: string;
  options: readonly Option[];
  onInput: (value: string) => void;
}

export const SelectField = ({ label, value, options, onInput }: SelectFieldProps) => (
  <Field label={label}>
    {(id) => (
      <select id={id} value={value} onChange={(event) => onInput((event.target as HTMLSelectElement).value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

interface CheckFieldProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export const CheckField = ({ label, checked, onChange }: CheckFieldProps) => (
  <label class="check">
    <input
      type="checkbox"
      checked={checked}
      onChange={(event) => onChange((event.target as HTMLInputElement).checked)}
    />
    {label}
  </label>
);
