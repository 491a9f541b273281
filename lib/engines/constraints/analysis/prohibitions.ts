import { type Board, covers, type Denial, NOBODY, nothingChosen, restrictedAxes } from './box-conflicts.ts';
import { type Box, subtractBox } from './boxes.ts';
import { within } from './regions.ts';

/** The facts for which the denials of one owner alone cover all terms: a plain prohibition, and no conflict. */
function aloneOn(own: readonly Denial[], nobody: readonly Denial[], board: Board): readonly Box[] {
  if (nobody.length === 0) {
    const axes = own.map(({ terms }) => restrictedAxes(terms));
    const apart = axes.every((each) => each.length === 1) && new Set(axes.flat()).size === axes.length;
    if (apart || (own.length === 1 && axes[0]?.length !== 0)) return [];
  }
  return [...covers(nothingChosen(board), [...nobody, ...own], board, () => false)].map(({ facts }) => facts);
}

function without(denials: readonly Denial[], boxes: readonly Box[], { sizes }: Board): readonly Denial[] {
  return boxes.reduce<readonly Denial[]>(
    (rest, box) =>
      rest.flatMap((denial) => subtractBox(denial.facts, box, sizes).map((facts) => ({ ...denial, facts }))),
    denials,
  );
}

/**
 * The denials without the facts for which their owner denies all terms alone, or nothing can be at all.
 * @returns them, and the owners for which that took more than the meter allows: none of their denials is among them
 */
export function withoutProhibitions(
  all: readonly Denial[],
  board: Board,
): { readonly denials: readonly Denial[]; readonly unfinished: readonly number[] } {
  const byOwner = Map.groupBy(all, ({ owner }) => owner);
  const nobody = byOwner.get(NOBODY) ?? [];
  const impossible = within(board.meter, () => (nobody.length === 0 ? [] : aloneOn(nobody, [], board)));
  if (impossible === undefined) return { denials: [], unfinished: [...byOwner.keys()] };
  const denials = [...without(nobody, impossible, board)];
  const unfinished: number[] = [];
  for (const [owner, own] of byOwner) {
    if (owner === NOBODY) continue;
    const possible = without(own, impossible, board);
    const left = within(board.meter, () => without(possible, aloneOn(possible, nobody, board), board));
    if (left === undefined) unfinished.push(owner);
    else denials.push(...left);
  }
  return { denials, unfinished };
}
