import { useEffect, useState } from 'preact/hooks';
import { IconButton } from './button';

interface Note {
  text: string;
  isProblem: boolean;
}

const SHOWN_MS = 5_000;

let tell: (note: Note) => void = () => undefined;

/** Says something in passing; problems stay until they are closed. */
export const notify = (text: string, { isProblem = false } = {}): void => tell({ text, isProblem });

export function Toasts() {
  const [note, setNote] = useState<Note>();
  tell = setNote;
  useEffect(() => {
    if (!note || note.isProblem) return;
    const timer = setTimeout(() => setNote(undefined), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [note]);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {note && (
        <div class={`toast ${note.isProblem ? 'problem' : ''}`}>
          <span>{note.text}</span>
          <IconButton icon="close" label="Dismiss" onClick={() => setNote(undefined)} />
        </div>
      )}
    </div>
  );
}
