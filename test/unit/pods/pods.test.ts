import { beforeEach, describe, expect, test } from 'vitest';
import { canonicalJson, digestOf } from '../../../lib/core/digest.ts';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import { BudgetExceeded, InvalidInput } from '../../../lib/core/errors.ts';
import { addSeconds } from '../../../lib/core/instant.ts';
import type { Json } from '../../../lib/core/json.ts';
import { readChain } from '../../../lib/platform/audit/chain.ts';
import type { FlowState } from '../../../lib/platform/contracts/flow.ts';
import { assembleEvidence } from '../../../lib/platform/evidence/packet.ts';
import { verifyEvidence } from '../../../lib/platform/evidence/verify.ts';
import { block } from '../../../lib/platform/executions/block.ts';
import { engineVersions } from '../../../lib/platform/executions/engine-versions.ts';
import { execute } from '../../../lib/platform/executions/execute.ts';
import { changeExecution, readExecution } from '../../../lib/platform/executions/execution-store.ts';
import { preflight } from '../../../lib/platform/executions/preflight.ts';
import { previewRoute } from '../../../lib/platform/executions/preview.ts';
import { publish } from '../../../lib/platform/executions/publish.ts';
import { recover } from '../../../lib/platform/executions/recover.ts';
import { type Ingredients, runRound, runSkill } from '../../../lib/platform/executions/run-skill.ts';
import { solvePod } from '../../../lib/platform/executions/solve-pod.ts';
import { verify } from '../../../lib/platform/executions/verify.ts';
import { defineSkill } from '../../../lib/platform/skill/define-skill.ts';
import { startTable } from '../../support/dynamodb.ts';
import { podsSkill } from '../../support/pods-skill.ts';
import type { TestRuntime } from '../../support/runtime.ts';
import { flowOf, startSystem } from '../executions/system.ts';
import { tinyDirectory } from '../executions/tiny-skill.ts';
import { executeAll, solveAll, sumUp, upTo } from './support.ts';

let runtime: TestRuntime;
beforeEach(async () => {
  const store = await startTable();
  runtime = await startSystem(store.table, podsSkill);
  return () => store.close();
});

const ingredients = (values: readonly number[], twist = 'none'): Ingredients => ({
  input: { accountId: 'acme', values, twist },
  configuration: { version: '1' },
  directory: loadDirectory(tinyDirectory()),
  requester: { personId: 'ada' },
  instant: '2026-11-20T09:00:00.000Z',
});

const verdicts = (flows: readonly FlowState[]) => flows.map(({ verdict }) => verdict);
const gatesOf = async (executionId: string) =>
  (await readExecution(runtime, executionId)).gates.map(({ gate, result, reasons }) =>
    [gate, result, ...reasons.map(({ code }) => code)].join(' '),
  );
const chained = async (executionId: string, type: string) =>
  (await readChain(runtime, executionId)).filter((event) => event.type === type).map(({ data }) => data);

test('a preview solves nothing by pods: it says so, and what to do', async () => {
  const ask = (values: readonly number[]) =>
    previewRoute(runtime, {
      skill: podsSkill,
      body: { input: { accountId: 'acme', values, twist: 'none' } },
      caller: 'ada',
    });
  await expect(ask(upTo(20))).rejects.toMatchObject({
    problems: [
      { pointer: '/input', code: 'too-large-to-preview', mend: expect.stringContaining('Start an execution') },
    ],
  });
});

describe('an execution that wants pods', () => {
  test('has them solved round by round, and comes to the bytes of a run that solves them itself', async () => {
    const executionId = await sumUp(runtime, upTo(20));
    const flows = await executeAll(runtime, executionId);
    expect(verdicts(flows)).toEqual(['solve-pods', 'solve-pods', 'solve-pods', 'continue']);
    expect(flows.map(({ pods }) => pods?.length)).toEqual([7, 3, 1, undefined]);
    const verified = await verify(runtime, flows.at(-1)!);
    expect(verified).toEqual({ executionId, skill: podsSkill.name, verdict: 'publish' });
    await publish(runtime, verified);

    const record = await readExecution(runtime, executionId);
    expect(record.outcome).toBe('published');
    const inline = await runSkill(podsSkill, { ...ingredients(upTo(20)), instant: record.instant });
    expect(inline.artifact).toMatchObject({ total: 210 });
    expect(record.result).toBe(digestOf(inline));
    const ledger = (await runtime.artifacts.get(record.pods!.ledger)) as { rounds: { work: string }[][] };
    expect(record.pods!.rounds).toBe(3);
    expect(ledger.rounds.map((round) => round.map(({ work }) => work))).toEqual(
      flows.slice(0, 3).map(({ pods }) => pods),
    );
    expect(await chained(executionId, 'pods-solved')).toMatchObject([
      { round: 1, pods: 7 },
      { round: 2, pods: 3 },
      { round: 3, pods: 1, ledger: record.pods!.ledger },
    ]);
  });

  test('leaves evidence that holds, and that tells when a round or the ledger is missing', async () => {
    const executionId = await sumUp(runtime, upTo(8));
    await publish(runtime, await verify(runtime, (await executeAll(runtime, executionId)).at(-1)!));
    const packet = await assembleEvidence(runtime, executionId);
    const report = (changed: unknown) => verifyEvidence(changed, { skills: [podsSkill], versions: engineVersions });
    expect(await report(packet)).toMatchObject({ ok: true });
    expect((await report(packet)).checks).toContainEqual(
      expect.objectContaining({ check: 're-execution', result: 'pass' }),
    );
    expect(packet.artifacts.map(({ role }) => role)).toContain('pod-ledger');
    const withoutLedger = { ...packet, artifacts: packet.artifacts.filter(({ role }) => role !== 'pod-ledger') };
    expect((await report(withoutLedger)).firstFailure).toMatchObject({ check: 'artifacts' });
    // Whoever invents a ledger can make it fit record and packet, and not what executing again leads to.
    const ledger = packet.artifacts.find(({ role }) => role === 'pod-ledger')!.document as { rounds: object[][] };
    const invented = { ...ledger, rounds: ledger.rounds.toReversed() };
    const lied = {
      ...packet,
      record: { ...packet.record, pods: { ...packet.record.pods!, ledger: digestOf(invented) } },
      artifacts: packet.artifacts.map((each) =>
        each.role === 'pod-ledger' ? { ...each, document: invented, digest: digestOf(invented) } : each,
      ),
    };
    const { digest: _, ...content } = lied;
    expect((await report({ ...content, digest: digestOf(content) })).firstFailure).toMatchObject({
      check: 're-execution',
      detail: expect.stringContaining('the pods that led to it are others'),
    });
    const oneRound = { ...packet, record: { ...packet.record, pods: { ...packet.record.pods!, rounds: 1 } } };
    expect((await report(oneRound)).firstFailure).toMatchObject({ check: 'completeness' });
  });

  test('keeps a round once, however often its step is tried again', async () => {
    const executionId = await sumUp(runtime, upTo(9));
    const first = await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    expect(await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)))).toEqual(first);
    const solved = await solveAll(runtime, first);
    expect(await solveAll(runtime, first)).toEqual(solved);
    const second = await execute(runtime, solved);
    expect(await execute(runtime, solved)).toEqual(second);
    const [one, other] = await Promise.all([execute(runtime, solved), execute(runtime, solved)]);
    expect([one, other]).toEqual([second, second]);
    const last = await execute(runtime, await solveAll(runtime, second));
    expect(last.verdict).toBe('continue');
    await publish(runtime, await verify(runtime, last));
    expect(await chained(executionId, 'pods-solved')).toHaveLength(2);
  });

  test('carries references alone', async () => {
    const executionId = await sumUp(runtime, upTo(300));
    const flow = await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    expect(Object.keys(flow).sort()).toEqual(['executionId', 'pods', 'skill', 'verdict']);
    expect(JSON.stringify(await solveAll(runtime, flow)).length).toBeLessThan(20_000);
  });

  test('stops wanting once it was withdrawn', async () => {
    const executionId = await sumUp(runtime, upTo(9));
    const first = await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    const solved = await solveAll(runtime, first);
    const withdrawal = { by: 'ada', at: runtime.clock.now() };
    await changeExecution(runtime, executionId, (current) => ({ ...current, withdrawal }));
    const flow = await execute(runtime, solved);
    expect(flow).toEqual({ executionId, skill: podsSkill.name, verdict: 'block' });
    await block(runtime, await verify(runtime, flow));
    expect((await readExecution(runtime, executionId)).outcome).toBe('withdrawn');
  });

  test('keeps its slot for as long as its pods may take', async () => {
    const executionId = await sumUp(runtime, upTo(27));
    await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    const slots = await runtime.table.queryAll<{ executionId?: string; expiresAt: string; pk: string; sk: string }>({
      pk: `SLOT#${podsSkill.name}`,
    });
    // Nine pods, three at once, four minutes each.
    expect(slots.find((slot) => slot.executionId === executionId)?.expiresAt).toBe(
      addSeconds(runtime.clock.now(), 900 + 3 * 240),
    );
  });
});

describe('what goes wrong with pods', () => {
  test.each([
    ['a refused input fails the contract', [-5, -5, -5, -5], 'none', 'schema-contract-check fail negative'],
    ['a pod beyond its bounds fails policy', upTo(9), 'costs', 'policy-approval-check fail BudgetExceeded'],
    ['more rounds than declared fail policy', upTo(82), 'none', 'policy-approval-check fail BudgetExceeded'],
    ['more pods than a round may have fail policy', upTo(601), 'none', 'policy-approval-check fail BudgetExceeded'],
  ])('%s', async (_title, values, twist, gate) => {
    const executionId = await sumUp(runtime, values, twist);
    const flow = (await executeAll(runtime, executionId)).at(-1)!;
    expect(flow).toEqual({ executionId, skill: podsSkill.name, verdict: 'block' });
    expect(await gatesOf(executionId)).toContain(gate);
    const inline = runSkill(podsSkill, ingredients(values, twist));
    await expect(inline).rejects.toBeInstanceOf(gate.includes('Budget') ? BudgetExceeded : InvalidInput);
  });

  test('says the same of a refusal as a run that solves its pods itself', async () => {
    const executionId = await sumUp(runtime, [-5, -5, -5, -5]);
    await executeAll(runtime, executionId);
    const { gates } = await readExecution(runtime, executionId);
    const error = await runSkill(podsSkill, ingredients([-5, -5, -5, -5])).catch((thrown: unknown) => thrown);
    const { problems } = error as InvalidInput;
    expect(gates.flatMap(({ reasons }) => reasons)).toEqual(
      problems.map(({ code, message, pointer }) => ({ code, message, pointer })),
    );
  });

  test('anything but a typed error is a fault of SolvePods', async () => {
    const executionId = await sumUp(runtime, upTo(9), 'breaks');
    const flow = await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    await expect(solveAll(runtime, flow)).rejects.toThrow('A pod broke.');
    const fault = {
      Error: 'States.ExceedToleratedFailureThreshold',
      Cause: 'The specified tolerated failure threshold was exceeded',
    };
    await recover(runtime, { ...flow, fault });
    expect(await readExecution(runtime, executionId)).toMatchObject({
      outcome: 'rolled-back',
      fault: { state: 'SolvePods', error: fault.Error },
    });
  });

  test.each([
    [
      'a pod that answers otherwise every time',
      'counts',
      'solved twice with different answers, first at "/answer/sum"',
    ],
    ['a pod that answers by the order of keys', 'keys', 'first at "/answer/keys'],
    ['a pod that answers by the local time zone', 'zone', 'first at "/answer/offset"'],
    ['a result that follows from the order of an answer’s keys', 'assembly', 'differ, first at "/artifact/order'],
    ['works that follow from an order without a meaning', 'order', 'wants 3 pods that the first did not'],
  ])('%s fails the determinism gate', async (_title, twist, says) => {
    const executionId = await sumUp(runtime, upTo(9), twist);
    const flow = await verify(runtime, (await executeAll(runtime, executionId)).at(-1)!);
    expect(flow.verdict).toBe('escalate');
    const { gates } = await readExecution(runtime, executionId);
    const [reason] = gates.find(({ gate }) => gate === 'determinism-check')!.reasons;
    expect(reason).toMatchObject({ code: 'NotDeterministic', message: expect.stringContaining(says) });
  });

  test('a skill that waits for what is solved, or that declares no pods, is a fault and no endless loop', async () => {
    await expect(runSkill(podsSkill, ingredients(upTo(3), 'known'))).rejects.toThrow(
      'waits for pods that are all solved',
    );
    const { pods: _, ...undeclared } = podsSkill;
    await expect(runSkill(undeclared, ingredients(upTo(3)))).rejects.toThrow('wants pods, and declares none');
    const task = { executionId: 'e', skill: podsSkill.name, index: 0, pod: digestOf(1) };
    await expect(solvePod({ ...runtime, skills: [undeclared] }, task)).rejects.toThrow('declares no pods');
  });

  test('answers that are another work’s are refused', async () => {
    const executionId = await sumUp(runtime, upTo(9));
    const flow = await execute(runtime, await preflight(runtime, flowOf(runtime, executionId)));
    const { solvedPods = [], ...solved } = await solveAll(runtime, flow);
    const exchanged = await execute(runtime, { ...solved, solvedPods: solvedPods.toReversed() });
    expect(exchanged.verdict).toBe('block');
    expect(await gatesOf(executionId)).toContain('schema-contract-check fail IntegrityError');
  });
});

describe('a round', () => {
  test('gives what is missing: each work once, and as it is stored', async () => {
    const output = await runRound(podsSkill, ingredients(upTo(6)), new Map());
    expect(output).toEqual({
      wants: [
        { add: [1, 2, 3], known: { a: 1, b: 2 }, twist: 'none' },
        { add: [4, 5, 6], known: { a: 1, b: 2 }, twist: 'none' },
      ],
    });
    const [first, second] = (output as { wants: Json[] }).wants;
    expect(JSON.stringify(first)).toBe(canonicalJson(first));
    const answers = new Map([[digestOf(first), { sum: 6 } as Json]]);
    expect(await runRound(podsSkill, ingredients(upTo(6)), answers)).toEqual({ wants: [second] });
  });

  test.each([
    ['atOnce', 0],
    ['mostRounds', 1.5],
  ])('is not declared with %s of %d', (name, value) => {
    expect(() => defineSkill({ ...podsSkill, pods: { ...podsSkill.pods!, [name]: value } })).toThrow(
      `"${name}" in the pods of skill pods-skill-for-tests must be a whole number above zero.`,
    );
  });
});
