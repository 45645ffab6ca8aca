import { useId } from 'preact/hooks';
import type { Topic } from '../api/types';
import { useHub } from '../app/context';
import { Field } from '../ui/field';
import { useLoad, useRested } from '../ui/use-load';

interface TopicFieldProps {
  value: string;
  onInput: (topic: string) => void;
}

/** A topic or filter; topics that fit what is typed are proposed. */
export function TopicField({ value, onInput }: TopicFieldProps) {
  const { client } = useHub();
  const list = useId();
  const asked = useRested(value);
  const { data = [] } = useLoad(
    async (signal) => {
      const searches = asked.length >= 2 && !/[+#$]/.test(asked);
      return searches ? client.get<Topic[]>('/uns/topics/search', { q: asked, limit: 20 }, signal) : [];
    },
    [asked],
  );
  return (
    <Field label="Topic" hint="May have wildcards (+, #) and variables.">
      {(id, describedBy) => (
        <>
          <input
            id={id}
            list={list}
            aria-describedby={describedBy}
            required
            spellcheck={false}
            autocomplete="off"
            placeholder="mHv1.0/…"
            value={value}
            onInput={(event) => onInput((event.target as HTMLInputElement).value)}
          />
          <datalist id={list}>
            {data.map(({ topic }) => (
              <option key={topic} value={topic} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
