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
  /** The first box that has the point, of all but those of one owner. */
  readonly holding: (point: Point, except: number | undefined) => number | undefined;
  /** The first box in which all of this one lies, of all but those of one owner. */
  readonly around: (box: Box, except: number | undefined) => number | undefined;
}

const NOWHERE: Point = [];

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

/** The place of the lowest bit of a word that is not zero. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

export function indexPoints(boxes: readonly Box[], owners: readonly number[], sizes: Sizes): PointIndex {
  const words = (boxes.length + 31) >>> 5;
  const used = sizes.map((_, axis) => axis).filter((axis) => boxes.some((box) => box[axis] !== undefined));
  // What most boxes restrict comes first: it leaves the fewest bits to look at.
  const openOn = (axis: number): number => boxes.reduce((count, box) => count + (box[axis] === undefined ? 1 : 0), 0);
  const axes = used
    .map((axis) => ({ axis, open: openOn(axis) }))
    .sort((a, b) => a.open - b.open)
    .map(({ axis }) => rowsOf(axis, sizes[axis] as number, boxes, words));
  // For a point a row of each axis, for a box one at either end.
  const rows: Uint32Array[] = [];
  const starts: number[] = [];

  /** The lowest bit that stands in so many rows and passes the test for the box or the point. */
  const firstInAll = (count: number, box: Box | undefined, point: Point, except: number | undefined) => {
    for (let word = 0; word < words; word++) {
      let bits = 0xffffffff;
      for (let at = 0; at < count && bits !== 0; at++)
        bits &= (rows[at] as Uint32Array)[(starts[at] as number) + word] as number;
      for (; bits !== 0; bits &= bits - 1) {
        const index = word * 32 + lowestBit(bits);
        if (index >= boxes.length || owners[index] === except) continue;
        const own = boxes[index] as Box;
        if (box === undefined ? boxHas(own, point) : boxWithin(box, own)) return index;
      }
    }
    return undefined;
  };

  return {
    holding: (point, except) => {
      for (let at = 0; at < axes.length; at++) {
        const { axis, step, having } = axes[at] as AxisRows;
        rows[at] = having;
        starts[at] = Math.floor((point[axis] as number) / step) * words;
      }
      return firstInAll(axes.length, undefined, point, except);
    },
    around: (box, except) => {
      let count = 0;
      for (let at = 0; at < axes.length; at++) {
        const { axis, step, having, open } = axes[at] as AxisRows;
        const cells: Cells | undefined = box[axis];
        rows[count] = cells === undefined ? open : having;
        starts[count++] = cells === undefined ? 0 : Math.floor((cells[0] as number) / step) * words;
        if (cells === undefined) continue;
        rows[count] = having;
        starts[count++] = Math.floor((cells[cells.length - 1] as number) / step) * words;
      }
      return firstInAll(count, box, NOWHERE, except);
    },
  };
}
