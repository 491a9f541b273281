import { type Cells, cellsMeet, cellsWithin, complementCells, hasCell, intersectCells, isFull } from './cells.ts';

/** A product of one set of cells for each axis; `undefined` stands for the whole axis. No set is empty. */
export type Box = readonly (Cells | undefined)[];

/** One cell for each axis. */
export type Point = readonly number[];

/** The size of each axis. */
export type Sizes = readonly number[];

export function wholeSpace(axes: number): Box {
  return new Array<undefined>(axes).fill(undefined);
}

/** The box of one set of cells on one axis; none where the set is empty. */
export function slab(axes: number, axis: number, cells: Cells, sizes: Sizes): Box[] {
  if (cells.length === 0) return [];
  const box: (Cells | undefined)[] = [...wholeSpace(axes)];
  if (!isFull(cells, sizes[axis] as number)) box[axis] = cells;
  return [box];
}

export function intersectBoxes(a: Box, b: Box): Box | undefined {
  const found: (Cells | undefined)[] = new Array(a.length);
  for (let axis = 0; axis < a.length; axis++) {
    const [x, y] = [a[axis], b[axis]];
    if (x === undefined || y === undefined) found[axis] = x ?? y;
    else {
      const both = intersectCells(x, y);
      if (both.length === 0) return undefined;
      found[axis] = both;
    }
  }
  return found;
}

export function boxesMeet(a: Box, b: Box): boolean {
  for (let axis = 0; axis < a.length; axis++) {
    const [x, y] = [a[axis], b[axis]];
    if (x !== undefined && y !== undefined && !cellsMeet(x, y)) return false;
  }
  return true;
}

export function boxWithin(inner: Box, outer: Box): boolean {
  for (let axis = 0; axis < outer.length; axis++) {
    const [x, y] = [inner[axis], outer[axis]];
    if (y !== undefined && (x === undefined || !cellsWithin(x, y))) return false;
  }
  return true;
}

export function boxHas(box: Box, point: Point): boolean {
  for (let axis = 0; axis < box.length; axis++) {
    const cells = box[axis];
    if (cells !== undefined && !hasCell(cells, point[axis] as number)) return false;
  }
  return true;
}

/** What is left of a box without another, as disjoint boxes. */
export function subtractBox(from: Box, other: Box, sizes: Sizes): Box[] {
  if (!boxesMeet(from, other)) return [from];
  const parts: Box[] = [];
  const rest = [...from];
  for (let axis = 0; axis < from.length; axis++) {
    const taken = other[axis];
    if (taken === undefined) continue;
    const outside = complementCells(taken, sizes[axis] as number);
    const own = rest[axis];
    const left = own === undefined ? outside : intersectCells(own, outside);
    if (left.length === 0) continue;
    const part = [...rest];
    part[axis] = left;
    parts.push(part);
    rest[axis] = own === undefined ? taken : intersectCells(own, taken);
  }
  return parts;
}

/** Everything outside of a box, as slabs that may meet: one for each axis that the box restricts. */
export function outsideOf(box: Box, sizes: Sizes): Box[] {
  return box.flatMap((cells, axis) =>
    cells === undefined ? [] : slab(box.length, axis, complementCells(cells, sizes[axis] as number), sizes),
  );
}

/** The first point of a box: the lowest cell of each axis. */
export function firstPoint(box: Box): Point {
  return box.map((cells) => cells?.[0] ?? 0);
}
