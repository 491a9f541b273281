import type { Json } from '../../../core/json.ts';
import { textOf } from './values.ts';

/**
 * What a search for values of a set found. `complete` says that the set has no other values: an empty complete answer proves
 * that it is empty. Values are candidates: what cannot be decided may have let a wrong one in, never left one out.
 */
export interface Found {
  readonly values: readonly Json[];
  readonly complete: boolean;
}

export const NOTHING: Found = { values: [], complete: true };
export const UNDECIDED: Found = { values: [], complete: false };

/** Collects different values up to a number. */
export class Collection {
  readonly #byText = new Map<string, Json>();
  readonly #wanted: number;

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  add(value: Json): void {
    if (this.isFull) return;
    const text = textOf(value);
    if (!this.#byText.has(text)) this.#byText.set(text, value);
  }

  get isFull(): boolean {
    return this.#byText.size >= this.#wanted;
  }

  get values(): readonly Json[] {
    return [...this.#byText.values()];
  }
}
