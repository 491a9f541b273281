import type { ConstraintSet, Field, Values } from '../../../lib/engines/constraints/model.ts';
import { bitCount } from '../../../lib/engines/constraints/written-values.ts';
import type { Dice } from './dice.ts';

function randomValue(dice: Dice, { type, minimum, maximum }: Field, interesting: readonly number[]): number {
  if (type.kind === 'set') {
    for (;;) {
      const mask = dice.between(0, maximum);
      if (bitCount(mask) <= type.maximumSize) return mask;
    }
  }
  if (dice.chance(0.15)) return dice.pick([minimum, maximum]);
  const near = dice.pick([...interesting, minimum]) + dice.between(-1, 1);
  if (dice.chance(0.5) && near >= minimum && near <= maximum) return near;
  return dice.between(minimum, maximum);
}

/** A random input of a set: often at the edges of the domains or next to the given numbers, a third of optional fields absent. */
export function randomValues(dice: Dice, set: ConstraintSet, interesting: readonly number[] = []): Values {
  return set.fields.map((field) =>
    field.optional && dice.chance(1 / 3) ? undefined : randomValue(dice, field, interesting),
  );
}
