import { invalid } from '#kernel';

/** `name,-createdAt` → `{name: 'ASC', createdAt: 'DESC'}`, for those fields that may be sorted by. */
export function parseSort<F extends string>(sort: string | undefined, fields: readonly F[], fallback: F) {
  const order: Partial<Record<F, 'ASC' | 'DESC'>> = {};
  for (const part of (sort ?? fallback).split(',')) {
    const descending = part.startsWith('-');
    const field = fields.find((name) => name === (descending ? part.slice(1) : part));
    if (!field) throw invalid({ field: 'sort', message: `Sort must be one of ${fields.join(', ')}` });
    order[field] = descending ? 'DESC' : 'ASC';
  }
  return order;
}
