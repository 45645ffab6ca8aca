import { useRef, useState } from 'preact/hooks';
import { wordsFor } from '../api/api-error';
import type { UnsRecord } from '../api/types';
import { useHub } from '../app/context';
import { Button } from '../ui/button';
import { Field } from '../ui/field';
import { notify } from '../ui/toast';

/** JSON where it is, else text, as by MQTT. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function PublishForm({ path, last }: { path: string; last: UnsRecord | undefined }) {
  const { client, profile } = useHub();
  const [typed, setTyped] = useState<string>();
  // The first value that there is: those that follow would change it under somebody's hands.
  const first = useRef(last);
  first.current ??= last;
  const text = typed ?? (first.current ? JSON.stringify(first.current.value) : '');
  const [busy, setBusy] = useState(false);
  const publish = async (event: Event): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      const body = { topic: path, value: valueOf(text), source: profile.user.email };
      await client.send('POST', '/uns/data/publish', body);
      notify('Published');
    } catch (error) {
      notify(wordsFor(error), { isProblem: true });
    } finally {
      setBusy(false);
    }
  };
  return (
    <section class="box">
      <h2>Publish a value</h2>
      <form class="publish" onSubmit={(event) => void publish(event)}>
        <Field label="Value" hint="JSON, or text where it is not JSON.">
          {(id, describedBy) => (
            <textarea
              id={id}
              aria-describedby={describedBy}
              rows={3}
              required
              spellcheck={false}
              value={text}
              onInput={(event) => setTyped((event.target as HTMLTextAreaElement).value)}
            />
          )}
        </Field>
        <Button type="submit" kind="main" disabled={busy}>
          Publish
        </Button>
      </form>
    </section>
  );
}
