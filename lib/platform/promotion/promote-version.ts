import { type Digest, isDigest } from '../../core/digest.ts';
import { isEmployed } from '../../core/directory/employment.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { InvalidInput, NotFound } from '../../core/errors.ts';
import { type ConfigurationVersion, findConfiguration } from '../configuration/configuration-store.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import { promote } from '../configuration/lifecycle.ts';
import { promotedDigestOf, type Validation, validationOf } from '../configuration/validation.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { type PromotionReport, promotionReport } from './promotion-report.ts';
import type { SimulationTotals } from './simulate.ts';
import type { SuiteReport } from './suite.ts';

/** Who promotes which version, and who agreed. */
export interface PromotionOrder {
  readonly skill: AnySkill;
  readonly version: string;
  readonly by: string;
  /** Ids of people of the directory who agreed besides. */
  readonly agreed: readonly string[];
}

/** The report, and the version as it stands when the report allowed its promotion. */
export interface PromotionResult {
  readonly report: PromotionReport;
  /** The artifact of the report. */
  readonly reportDigest: Digest;
  readonly promoted?: ConfigurationVersion;
}

async function simulatedTotals(runtime: Runtime, validation: Validation): Promise<SimulationTotals | undefined> {
  const digest = validation.records.find(({ suite }) => suite === 'simulation')?.report;
  if (digest === undefined || !isDigest(digest)) return undefined;
  const report = (await runtime.artifacts.get(digest)) as SuiteReport;
  return (report.detail as unknown as { readonly totals?: SimulationTotals } | undefined)?.totals;
}

function checkAgreed(directory: LoadedDirectory, agreed: readonly string[], at: string): void {
  const unknown = agreed.filter((id) => {
    const person = directory.person(id);
    return person === undefined || !isEmployed(person, at);
  });
  if (unknown.length === 0) return;
  throw new InvalidInput(
    'Not everybody who agreed is known.',
    unknown.map((id) => ({
      pointer: '/agreed',
      code: 'unknown-person',
      message: `${id} is nobody whom the directory employs.`,
      mend: 'Name people by their ids in the directory.',
    })),
  );
}

/**
 * Judges a candidate by what stands on record for its exact promoted digest, keeps the report, and promotes it when the report
 * allows it.
 * @throws NotFound for an unknown version, InvalidInput when somebody who agreed is unknown, NotPromotable when the version is
 * no candidate any more.
 */
export async function promoteVersion(runtime: Runtime, order: PromotionOrder): Promise<PromotionResult> {
  const { skill, version, by, agreed } = order;
  const found = await findConfiguration(runtime, skill.name, version);
  if (found === undefined) throw new NotFound(`There is no configuration version ${version} of ${skill.name}.`);
  checkAgreed(await currentDirectory(runtime), agreed, runtime.clock.now());
  const promotedDigest = promotedDigestOf(skill, found.digest);
  const validation = await validationOf(runtime, skill.name, promotedDigest);
  const totals = await simulatedTotals(runtime, validation);
  const report = promotionReport({ skill: skill.name, version, promotedDigest, validation, totals, by, agreed });
  const reportDigest = await runtime.artifacts.put(report);
  if (report.recommendation === 'no-publish') return { report, reportDigest };
  return { report, reportDigest, promoted: await promote(runtime, skill, version, { by, report: reportDigest }) };
}
