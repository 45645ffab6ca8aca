import type { Option } from './field';

interface SegmentedProps {
  label: string;
  value: string;
  options: readonly Option[];
  onChoose: (value: string) => void;
}

/** A few choices side by side, one of which is made. */
export const Segmented = ({ label, value, options, onChoose }: SegmentedProps) => (
  <div class="segmented" role="group" aria-label={label}>
    <span class="segmented-label soft" aria-hidden="true">
      {label}
    </span>
    {options.map((option) => (
      <button
        key={option.value}
        type="button"
        aria-pressed={option.value === value}
        onClick={() => onChoose(option.value)}
      >
        {option.label}
      </button>
    ))}
  </div>
);
