import { ValidateBy } from 'class-validator';

export const MOST_LABELS = 64;
const LONGEST_KEY = 63;
const LONGEST_VALUE = 255;

/** Something visible without `:`, by which filters part key and value, and without control characters. */
const KEY = /^(?=.*\S)[^:\p{Cc}]+$/u;
const VALUE = /^\P{Cc}*$/u;

const isLabel = ([key, value]: [string, unknown]): boolean =>
  key.length <= LONGEST_KEY &&
  KEY.test(key) &&
  typeof value === 'string' &&
  value.length <= LONGEST_VALUE &&
  VALUE.test(value);

function areLabels(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const labels = Object.entries(value);
  return labels.length <= MOST_LABELS && labels.every(isLabel);
}

/** An object of texts. */
export const AreLabels = (): PropertyDecorator =>
  ValidateBy({
    name: 'areLabels',
    validator: {
      validate: areLabels,
      defaultMessage: () =>
        `$property must be at most ${MOST_LABELS} keys of 1–${LONGEST_KEY} characters without ":", with texts of at most ${LONGEST_VALUE} characters`,
    },
  });
