import type { Runtime } from '../runtime.ts';
import { grownChains, strikeNotes } from './grown-chains.ts';
import { type AnchorManifest, MANIFEST_START, sealManifest } from './manifest.ts';

/**
 * Anchors the heads of all chains that grew since the last manifest in a new one: signed, and chained to the one before. One
 * manifest a day (UTC), also when nothing grew, so that a missing day shows. What a crash leaves behind is anchored once
 * more the next day.
 * @returns the manifest, or `undefined` when the day has one already.
 * @throws InvalidInput, IntegrityError when the last manifest is damaged: nothing is chained to it.
 */
export async function anchorHeads(runtime: Runtime): Promise<AnchorManifest | undefined> {
  const at = runtime.clock.now();
  const day = at.slice(0, 10);
  const store = await runtime.anchors();
  const last = await store.last();
  if (last !== undefined && last.day >= day) return undefined;
  const signer = await runtime.signer();
  const { chains, notes } = await grownChains(runtime);
  const manifest = await sealManifest(
    {
      environment: runtime.settings.environment,
      day,
      at,
      previous: last?.digest ?? MANIFEST_START,
      executions: [...chains],
    },
    signer,
  );
  await store.keepKey(signer);
  // Another run that was faster has anchored what it saw; what it did not see stays noted.
  if ((await store.putNew(manifest)) === 'exists') return undefined;
  await strikeNotes(runtime, notes);
  return manifest;
}
