import { isEmployed } from '../../core/directory/employment.ts';
import { findConfiguration } from '../configuration/configuration-store.ts';
import { readPosture } from '../configuration/posture.ts';
import type { ExecutionRecord } from '../contracts/execution.ts';
import type { FlowState } from '../contracts/flow.ts';
import type { Runtime } from '../runtime.ts';
import type { Reason } from '../skill/skill-result.ts';
import { attempt } from './attempt.ts';
import { type ExecutionContext, loadContext } from './context.ts';
import { withEvent } from './events.ts';
import { changeExecution, readExecution } from './execution-store.ts';
import { allGates, failed, passed, reasonsOf } from './gates.ts';

const reason = (code: string, message: string): Reason => ({ code, message, pointer: '' });

/** What the configuration's standing, the flag, the posture and the requester's place in the company say against running. */
async function objections(runtime: Runtime, record: ExecutionRecord, context: ExecutionContext): Promise<Reason[]> {
  const [configuration, posture] = await Promise.all([
    findConfiguration(runtime, record.skill, record.configuration.version),
    readPosture(runtime, record.skill),
  ]);
  const found: Reason[] = [];
  if (configuration === undefined || configuration.digest !== record.configuration.digest)
    found.push(reason('ConfigurationUnknown', 'The configuration version is not one that was validated and stored.'));
  else if (configuration.status === 'retired')
    found.push(reason('ConfigurationRetired', 'The configuration version has been retired.'));
  if (posture === 'critical') found.push(reason('PostureCritical', 'The posture of the skill is critical.'));
  if (!record.flag.enabled) found.push(reason('NotRolledOut', 'The flag was off when the execution was accepted.'));
  const requester = context.directory.person(record.requester.personId);
  if (requester === undefined || !isEmployed(requester, record.instant))
    found.push(reason('RequesterUnknown', 'The requester is not an employee that the directory knows.'));
  return found;
}

/**
 * The schema and contract gate, before anything is computed: every artifact has its digest, the input fits the skill, the
 * directory loads, the configuration was validated, is not retired and can fill its seats, and the posture allows it.
 * @returns the flow with verdict `continue`, or `block` with the gate's reasons on record.
 * @throws NotFound when there is no such execution.
 */
export async function preflight(runtime: Runtime, flow: FlowState): Promise<FlowState> {
  const record = await readExecution(runtime, flow.executionId);
  const loaded = await attempt(async () => {
    const context = await loadContext(runtime, record);
    // Executing loads it again; that it can be loaded is for this gate to say.
    context.skill.loadConfiguration(context.configurationDocument, context.directory);
    return context;
  });
  const reasons = loaded.ok ? await objections(runtime, record, loaded.value) : reasonsOf(loaded.error);
  const gate = reasons.length === 0 ? passed('schema-contract-check') : failed('schema-contract-check', reasons);
  const at = runtime.clock.now();
  await changeExecution(runtime, record.executionId, (current) => {
    if (current.outcome !== undefined) return undefined;
    const checked: ExecutionRecord = { ...current, status: 'running', gates: allGates([gate]) };
    return withEvent(checked, 'preflight', at, { result: gate.result, reasons: reasons.map(({ code }) => code) });
  });
  return { ...flow, verdict: reasons.length === 0 ? 'continue' : 'block' };
}
