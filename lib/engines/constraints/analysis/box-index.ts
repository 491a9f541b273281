import type { Box, Sizes } from './boxes.ts';

/** At most so many rows of bits an axis; finer cells share a row, and what is found is checked afterwards anyway. */
const MOST_ROWS = 512;

interface AxisRows {
  readonly axis: number;
  readonly step: number;
  /** Row r: the boxes whose first cell on the axis is at most the last cell of the row. */
  readonly begun: Uint32Array;
  /** Row r: the boxes whose last cell is before the first cell of the row. */
  readonly ended: Uint32Array;
}

/** Finds the boxes that may meet a box: bit rows by first and last cell, after the sweep of interval overlap. */
export interface BoxIndex<T extends { readonly owner: number }> {
  /**
   * Items of boxes whose hull meets the hull of this one, all but those of one owner, in their order; some of them may still
   * not meet it.
   */
  readonly near: (box: Box, except?: number) => T[];
}

function rowsOf(axis: number, size: number, boxes: readonly Box[], words: number): AxisRows {
  const step = Math.max(1, Math.ceil(size / MOST_ROWS));
  const rows = Math.ceil(size / step);
  const begun = new Uint32Array(rows * words);
  const ended = new Uint32Array(rows * words);
  for (let index = 0; index < boxes.length; index++) {
    const cells = boxes[index]?.[axis];
    const first = cells === undefined ? 0 : (cells[0] as number);
    const last = cells === undefined ? size - 1 : (cells[cells.length - 1] as number);
    const [word, bit] = [index >>> 5, 1 << (index & 31)];
    begun[Math.floor(first / step) * words + word] = (begun[Math.floor(first / step) * words + word] as number) | bit;
    const after = Math.floor(last / step) + 1;
    if (after < rows) ended[after * words + word] = (ended[after * words + word] as number) | bit;
  }
  for (let at = words; at < begun.length; at++) {
    begun[at] = (begun[at] as number) | (begun[at - words] as number);
    ended[at] = (ended[at] as number) | (ended[at - words] as number);
  }
  return { axis, step, begun, ended };
}

/** @param items one for each box: what is found */
export function indexBoxes<T extends { readonly owner: number }>(
  boxes: readonly Box[],
  items: readonly T[],
  sizes: Sizes,
): BoxIndex<T> {
  const words = Math.max(1, (boxes.length + 31) >>> 5);
  const used = sizes.map((_, axis) => axis).filter((axis) => boxes.some((box) => box[axis] !== undefined));
  const axes = used.map((axis) => rowsOf(axis, sizes[axis] as number, boxes, words));
  const bits = new Uint32Array(words);
  return {
    near: (box, except) => {
      bits.fill(0xffffffff);
      for (const { axis, step, begun, ended } of axes) {
        const cells = box[axis];
        if (cells === undefined) continue;
        const high = Math.floor((cells[cells.length - 1] as number) / step) * words;
        const low = Math.floor((cells[0] as number) / step) * words;
        for (let word = 0; word < words; word++)
          bits[word] = (bits[word] as number) & (begun[high + word] as number) & ~(ended[low + word] as number);
      }
      const found: T[] = [];
      for (let word = 0; word < words; word++)
        for (let rest = bits[word] as number; rest !== 0; rest &= rest - 1) {
          const index = word * 32 + (31 - Math.clz32(rest & -rest));
          if (index < boxes.length && items[index]?.owner !== except) found.push(items[index] as T);
        }
      return found;
    },
  };
}
