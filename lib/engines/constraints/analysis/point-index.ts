import { type Box, boxHas, boxWithin, type Point, type Sizes } from './boxes.ts';
import type { Cells } from './cells.ts';

/** At most so many rows of bits an axis; finer cells share a row, and what is found is checked afterwards. */
const MOST_ROWS = 512;

interface AxisRows {
  readonly axis: number;
  readonly step: number;
  /** Row r: the boxes that have some cell of the row. */
  readonly having: Uint32Array;
  /** The boxes that have all cells of the axis. */
  readonly open: Uint32Array;
}

/** Finds the boxes that hold a point, or a whole box: for each axis, bits of the boxes that have a cell. */
export interface PointIndex {
  /** The first box that has the point, of those that count. */
  readonly holding: (point: Point, counts: (index: number) => boolean) => number | undefined;
  /** The first box in which all of this one lies, of those that count. */
  readonly around: (box: Box, counts: (index: number) => boolean) => number | undefined;
}

function setBit(bits: Uint32Array, from: number, index: number): void {
  const at = from + (index >>> 5);
  bits[at] = (bits[at] as number) | (1 << (index & 31));
}

function rowsOf(axis: number, size: number, boxes: readonly Box[], words: number): AxisRows {
  const step = Math.max(1, Math.ceil(size / MOST_ROWS));
  const rows = Math.ceil(size / step);
  const open = new Uint32Array(words);
  boxes.forEach((box, index) => {
    if (box[axis] === undefined) setBit(open, 0, index);
  });
  const having = new Uint32Array(rows * words);
  for (let row = 0; row < rows; row++) having.set(open, row * words);
  boxes.forEach((box, index) => {
    const cells = box[axis];
    if (cells === undefined) return;
    for (let i = 0; i < cells.length; i += 2) {
      const last = Math.floor((cells[i + 1] as number) / step);
      for (let row = Math.floor((cells[i] as number) / step); row <= last; row++) setBit(having, row * words, index);
    }
  });
  return { axis, step, having, open };
}

/** The lowest bit that stands in all rows and passes a test. */
function firstInAll(
  rows: readonly Uint32Array[],
  starts: readonly number[],
  words: number,
  passes: (index: number) => boolean,
): number | undefined {
  for (let word = 0; word < words; word++) {
    let bits = 0xffffffff;
    for (let at = 0; at < rows.length && bits !== 0; at++)
      bits &= (rows[at] as Uint32Array)[(starts[at] as number) + word] as number;
    for (; bits !== 0; bits &= bits - 1) {
      const index = word * 32 + (31 - Math.clz32(bits & -bits));
      if (passes(index)) return index;
    }
  }
  return undefined;
}

export function indexPoints(boxes: readonly Box[], sizes: Sizes): PointIndex {
  const words = (boxes.length + 31) >>> 5;
  const used = sizes.map((_, axis) => axis).filter((axis) => boxes.some((box) => box[axis] !== undefined));
  // What most boxes restrict comes first: it leaves the fewest bits to look at.
  const openOn = (axis: number): number => boxes.reduce((count, box) => count + (box[axis] === undefined ? 1 : 0), 0);
  const axes = used
    .map((axis) => ({ axis, open: openOn(axis) }))
    .sort((a, b) => a.open - b.open)
    .map(({ axis }) => rowsOf(axis, sizes[axis] as number, boxes, words));
  const all = axes.map(({ having }) => having);
  const starts = axes.map(() => 0);
  return {
    holding: (point, counts) => {
      axes.forEach(({ axis, step }, at) => {
        starts[at] = Math.floor((point[axis] as number) / step) * words;
      });
      return firstInAll(
        all,
        starts,
        words,
        (index) => index < boxes.length && boxHas(boxes[index] as Box, point) && counts(index),
      );
    },
    around: (box, counts) => {
      const rows: Uint32Array[] = [];
      const from: number[] = [];
      for (const { axis, step, having, open } of axes) {
        const cells: Cells | undefined = box[axis];
        rows.push(...(cells === undefined ? [open] : [having, having]));
        from.push(
          ...(cells === undefined
            ? [0]
            : [
                Math.floor((cells[0] as number) / step) * words,
                Math.floor((cells[cells.length - 1] as number) / step) * words,
              ]),
        );
      }
      return firstInAll(
        rows,
        from,
        words,
        (index) => index < boxes.length && boxWithin(box, boxes[index] as Box) && counts(index),
      );
    },
  };
}
