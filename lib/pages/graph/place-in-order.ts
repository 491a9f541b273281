/** Something to place on a line: where it would like its centre, and how much room it takes. */
export interface Placeable {
  readonly id: string;
  readonly wish: number;
  readonly width: number;
}

interface Block {
  readonly total: number;
  readonly count: number;
}

/**
 * Centres for things in a given order, `gap` apart at least, with the least sum of squared distances from their wishes:
 * isotonic regression by pooling adjacent violators (Barlow et al. 1972) over the wishes less the room taken before.
 */
export function placeInOrder(items: readonly Placeable[], gap: number): Map<string, number> {
  const room = items.map((item, at) => ({
    id: item.id,
    at: at === 0 ? 0 : ((items[at - 1]?.width ?? 0) + item.width) / 2 + gap,
  }));
  let sum = 0;
  const offsets = room.map(({ at }) => {
    sum += at;
    return sum;
  });
  const blocks: Block[] = [];
  items.forEach((item, at) => {
    let block: Block = { total: item.wish - (offsets[at] ?? 0), count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.total / last.count > block.total / block.count;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = { total: last.total + block.total, count: last.count + block.count };
    }
    blocks.push(block);
  });
  const bases = blocks.flatMap(({ total, count }) => Array.from({ length: count }, () => total / count));
  return new Map(items.map((item, at) => [item.id, (bases[at] ?? 0) + (offsets[at] ?? 0)]));
}
