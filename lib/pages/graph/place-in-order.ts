/** Something to place on a line: where it would like its centre, how much that matters, and how much room it takes. */
export interface Placeable {
  readonly id: string;
  readonly wish: number;
  /** Above zero. */
  readonly weight: number;
  readonly width: number;
}

interface Block {
  /** Sum of the weighted wishes, and of the weights. */
  readonly moment: number;
  readonly weight: number;
  readonly count: number;
}

/**
 * Centres for things in a given order, `gap` apart at least, with the least weighted sum of squared distances from their
 * wishes: isotonic regression by pooling adjacent violators (Barlow et al. 1972) over the wishes less the room before them.
 */
export function placeInOrder(items: readonly Placeable[], gap: number): Map<string, number> {
  let offset = 0;
  const offsets = items.map((item, at) => {
    const before = items[at - 1];
    offset += before === undefined ? 0 : (before.width + item.width) / 2 + gap;
    return offset;
  });
  const blocks: Block[] = [];
  items.forEach(({ wish, weight }, at) => {
    let block: Block = { moment: weight * (wish - (offsets[at] ?? 0)), weight, count: 1 };
    for (
      let last = blocks.at(-1);
      last !== undefined && last.moment / last.weight > block.moment / block.weight;
      last = blocks.at(-1)
    ) {
      blocks.pop();
      block = {
        moment: last.moment + block.moment,
        weight: last.weight + block.weight,
        count: last.count + block.count,
      };
    }
    blocks.push(block);
  });
  const bases = blocks.flatMap(({ moment, weight, count }) => Array.from({ length: count }, () => moment / weight));
  return new Map(items.map((item, at) => [item.id, (bases[at] ?? 0) + (offsets[at] ?? 0)]));
}
