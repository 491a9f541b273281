/**
 * Sets of cells of one axis: ascending, disjoint, non-adjacent ranges, written flat as `[first, last, first, last, ...]`.
 * The empty array is the empty set. All operations are linear in the number of ranges, which is one for most conditions.
 */
export type Cells = readonly number[];

export function intersectCells(a: Cells, b: Cells): Cells {
  const found: number[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const first = Math.max(a[i] as number, b[j] as number);
    const last = Math.min(a[i + 1] as number, b[j + 1] as number);
    if (first <= last) found.push(first, last);
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return found;
}

export function cellsMeet(a: Cells, b: Cells): boolean {
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if ((a[i] as number) <= (b[j + 1] as number) && (b[j] as number) <= (a[i + 1] as number)) return true;
    if ((a[i + 1] as number) < (b[j + 1] as number)) i += 2;
    else j += 2;
  }
  return false;
}

/** All cells of an axis of that size that are not in the set. */
export function complementCells(cells: Cells, size: number): Cells {
  const found: number[] = [];
  let next = 0;
  for (let i = 0; i < cells.length; i += 2) {
    if ((cells[i] as number) > next) found.push(next, (cells[i] as number) - 1);
    next = (cells[i + 1] as number) + 1;
  }
  if (next < size) found.push(next, size - 1);
  return found;
}

/**
 * The lowest cell of `own` above a cell that `taken` leaves out; none when there is none.
 * @param own the whole axis where it is undefined
 */
export function nextOutside(own: Cells | undefined, taken: Cells, size: number, after: number): number | undefined {
  let cell = after + 1;
  for (let i = 0, j = 0; cell < size; ) {
    if (own !== undefined) {
      while (i < own.length && (own[i + 1] as number) < cell) i += 2;
      if (i >= own.length) return undefined;
      cell = Math.max(cell, own[i] as number);
    }
    while (j < taken.length && (taken[j + 1] as number) < cell) j += 2;
    if (j >= taken.length || (taken[j] as number) > cell) return cell;
    cell = (taken[j + 1] as number) + 1;
  }
  return undefined;
}

/** The highest cell of `own` that `taken` leaves out; none when there is none. */
export function lastOutside(own: Cells | undefined, taken: Cells, size: number): number | undefined {
  let cell = own === undefined ? size - 1 : (own[own.length - 1] as number);
  for (let i = (own?.length ?? 0) - 2, j = taken.length - 2; cell >= 0; ) {
    if (own !== undefined) {
      while (i >= 0 && (own[i] as number) > cell) i -= 2;
      if (i < 0) return undefined;
      cell = Math.min(cell, own[i + 1] as number);
    }
    while (j >= 0 && (taken[j] as number) > cell) j -= 2;
    if (j < 0 || (taken[j + 1] as number) < cell) return cell;
    cell = (taken[j] as number) - 1;
  }
  return undefined;
}

export function hasCell(cells: Cells, cell: number): boolean {
  for (let i = 0; i < cells.length; i += 2)
    if (cell >= (cells[i] as number) && cell <= (cells[i + 1] as number)) return true;
  return false;
}

/** How many cells there are; all of the axis where they are undefined. */
export function cellCount(cells: Cells | undefined, size: number): number {
  if (cells === undefined) return size;
  let count = 0;
  for (let i = 0; i < cells.length; i += 2) count += (cells[i + 1] as number) - (cells[i] as number) + 1;
  return count;
}

export function isFull(cells: Cells, size: number): boolean {
  return cells.length === 2 && cells[0] === 0 && cells[1] === size - 1;
}

/** Whether each cell of `inner` is in `outer`. */
export function cellsWithin(inner: Cells, outer: Cells): boolean {
  let j = 0;
  for (let i = 0; i < inner.length; i += 2) {
    while (j < outer.length && (outer[j + 1] as number) < (inner[i] as number)) j += 2;
    if (j >= outer.length || (outer[j] as number) > (inner[i] as number)) return false;
    if ((outer[j + 1] as number) < (inner[i + 1] as number)) return false;
  }
  return true;
}

/** How one set lies to another: they have no cell in common, all of its cells are in the other, or some of them. */
export function lieOf(cells: Cells, other: Cells): 'apart' | 'within' | 'across' {
  if (cells.length === 2 && other.length === 2) {
    const [first, last] = [cells[0] as number, cells[1] as number];
    const [from, to] = [other[0] as number, other[1] as number];
    if (last < from || to < first) return 'apart';
    return from <= first && last <= to ? 'within' : 'across';
  }
  if (!cellsMeet(cells, other)) return 'apart';
  return cellsWithin(cells, other) ? 'within' : 'across';
}

/** The set of cells for which a test holds. */
export function cellsWhere(size: number, holds: (cell: number) => boolean): Cells {
  const found: number[] = [];
  for (let cell = 0; cell < size; cell++) {
    if (!holds(cell)) continue;
    if (found.length > 0 && found[found.length - 1] === cell - 1) found[found.length - 1] = cell;
    else found.push(cell, cell);
  }
  return found;
}
