import { useState } from 'preact/hooks';
import { Button } from '../ui/button';
import { TextField } from '../ui/field';
import { Menu, MenuItem } from '../ui/menu';
import { describe, last, PRESETS, spanOf, toLocalInput, toRange, type TimeRange } from './time-range';

interface TimePickerProps {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}

export function TimePicker({ range, onChange }: TimePickerProps) {
  return (
    <Menu label="Time shown" icon="clock" text={describe(range)} class="time-picker">
      <div class="presets">
        {PRESETS.map((preset) => {
          const one = last(preset);
          return (
            <MenuItem
              key={preset}
              selected={one.from === range.from && range.to === 'now'}
              onSelect={() => onChange(one)}
            >
              {describe(one)}
            </MenuItem>
          );
        })}
      </div>
      <CustomRange range={range} onChange={onChange} />
    </Menu>
  );
}

function CustomRange({ range, onChange }: TimePickerProps) {
  const [text, setText] = useState(() => {
    const { from, to } = spanOf(range, Date.now());
    return { from: toLocalInput(from), to: toLocalInput(to) };
  });
  const span = { from: Date.parse(text.from), to: Date.parse(text.to) };
  const sound = span.from < span.to;
  return (
    <form
      class="custom-range"
      onSubmit={(event) => {
        event.preventDefault();
        if (sound) onChange(toRange(span));
      }}
    >
      <TextField
        label="From"
        type="datetime-local"
        step="1"
        value={text.from}
        onInput={(from) => setText({ ...text, from })}
      />
      <TextField label="To" type="datetime-local" step="1" value={text.to} onInput={(to) => setText({ ...text, to })} />
      <Button type="submit" class="menu-item-like" disabled={!sound}>
        Show this time
      </Button>
    </form>
  );
}
