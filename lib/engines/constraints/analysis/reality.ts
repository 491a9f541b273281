import type { Formula } from '../model.ts';
import type { World } from './prepare.ts';

/** What real inputs meet: no field is absent that a default fills. */
export function realityOf(world: World): Formula[] {
  return world.unreal.map(({ formula }): Formula => ({ kind: 'not', part: formula }));
}
