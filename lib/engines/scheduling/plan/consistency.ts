import { readSpan } from '../../../core/calendar/working-hours.ts';
import { timeZoneName } from '../../../core/calendar/zone-offsets.ts';
import type { Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { PlanRequest } from './request-shape.ts';

function problem(at: string, code: string, message: string, mend: string): Problem {
  return { pointer: at, code, message, mend };
}

function duplicates(list: readonly string[], at: (index: number) => string, what: string): Problem[] {
  const seen = new Set<string>();
  return list.flatMap((id, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [problem(at(index), 'duplicate', `The ${what} "${id}" stands twice.`, 'Remove one of the two.')];
  });
}

/** Playbooks that lead back to where they began; each is named once, by the touches on it. */
function cycles(request: PlanRequest): Problem[] {
  const place = new Map(request.touches.map((touch, index) => [touch.id, index]));
  const after = new Map(request.touches.map((touch) => [touch.id, touch.after]));
  const settled = new Set<string>();
  return request.touches.flatMap(({ id }) => {
    const path: string[] = [];
    let at: string | undefined = id;
    while (at !== undefined && after.has(at) && !settled.has(at) && !path.includes(at)) {
      path.push(at);
      at = after.get(at);
    }
    const loop = at !== undefined && path.includes(at) ? path.slice(path.indexOf(at)) : [];
    for (const each of path) settled.add(each);
    if (loop.length === 0) return [];
    const named = [...loop, loop[0] ?? ''].join(' after ');
    const where = pointer('/touches', place.get(loop[0] ?? '') ?? 0, 'after');
    return [problem(where, 'playbook-cycle', `The playbook is a circle: ${named}.`, 'Let one of them come first.')];
  });
}

function touchProblems(request: PlanRequest): Problem[] {
  const accounts = new Set(request.accounts.map(({ id }) => id));
  const reps = new Set(request.reps.map(({ id }) => id));
  const skills = new Set(request.reps.flatMap((rep) => rep.skills));
  const accountOf = new Map(request.touches.map((touch) => [touch.id, touch.account]));
  return request.touches.flatMap((touch, index) => {
    const at = (...path: string[]): string => pointer('/touches', index, ...path);
    const found: Problem[] = [];
    const { p50, p80, p95 } = touch.minutes;
    if (p50 > p80 || p80 > p95) {
      const mend = 'Give quantiles that do not fall: p50, p80, p95.';
      found.push(problem(at('minutes'), 'falling-quantiles', `Minutes of ${p50}, ${p80}, ${p95} fall.`, mend));
    }
    const from = Date.parse(touch.window.from);
    const to = Date.parse(touch.window.to);
    if (to - from < p50 * 60_000) {
      const message = `The window from ${touch.window.from} to ${touch.window.to} is shorter than the touch.`;
      found.push(problem(at('window'), 'impossible-window', message, 'Give a window in which the touch has room.'));
    }
    if (!accounts.has(touch.account)) {
      const mend = 'Add the account, or correct the id.';
      found.push(problem(at('account'), 'unknown-account', `The account "${touch.account}" is unknown.`, mend));
    }
    if (!skills.has(touch.skill)) {
      const mend = 'Correct the spelling, or give the skill to a rep.';
      found.push(problem(at('skill'), 'unknown-skill', `No rep has the skill "${touch.skill}".`, mend));
    }
    if (touch.after !== undefined && !accountOf.has(touch.after)) {
      const mend = 'Add the touch, or leave "after" out when it was done long ago.';
      found.push(problem(at('after'), 'unknown-touch', `The touch "${touch.after}" is unknown.`, mend));
    }
    const first = touch.after === undefined ? undefined : accountOf.get(touch.after);
    if (first !== undefined && first !== touch.account) {
      const message = `The touch "${touch.after}" belongs to the account "${first}".`;
      found.push(problem(at('after'), 'foreign-playbook', message, 'A playbook stays with one account.'));
    }
    if (touch.pin?.rep !== undefined && !reps.has(touch.pin.rep)) {
      const mend = 'Pin it to a rep of the request.';
      found.push(problem(at('pin', 'rep'), 'unknown-rep', `The rep "${touch.pin.rep}" is unknown.`, mend));
    }
    return found;
  });
}

function spanProblems(request: PlanRequest): Problem[] {
  return request.reps.flatMap((rep, index) => {
    const at = pointer('/reps', index, 'calendar');
    const spans = [...rep.calendar.hours, ...rep.calendar.afterHours];
    const read = spans.map(readSpan).sort((a, b) => a.start - b.start);
    const backwards = spans.filter((text) => readSpan(text).start >= readSpan(text).end);
    const overlapping = read.some((span, place) => span.start < (read[place - 1]?.end ?? 0));
    const mend = 'Write spans of one day that do not overlap, the earlier time first.';
    return [
      ...backwards.map((text) => problem(at, 'impossible-hours', `The span ${text} ends before it begins.`, mend)),
      ...(backwards.length === 0 && overlapping ? [problem(at, 'overlapping-hours', 'Spans overlap.', mend)] : []),
    ];
  });
}

function repProblems(request: PlanRequest): Problem[] {
  const zones = request.reps.flatMap((rep, index) =>
    timeZoneName(rep.timeZone) === undefined ? [unknownZone(pointer('/reps', index, 'timeZone'), rep.timeZone)] : [],
  );
  const free = request.reps.some((rep) => rep.weeklyMinutes > rep.loadMinutes);
  const none = problem(
    '/reps',
    'zero-capacity',
    'No rep has a minute left: load takes all of every contract.',
    'Add a rep, or lower the load.',
  );
  return [...zones, ...spanProblems(request), ...(free || request.touches.length === 0 ? [] : [none])];
}

function unknownZone(at: string, zone: string): Problem {
  return problem(
    at,
    'unknown-time-zone',
    `The time zone "${zone}" is unknown.`,
    'Use an IANA name such as Europe/Berlin.',
  );
}

function accountProblems(request: PlanRequest): Problem[] {
  const reps = new Set(request.reps.map(({ id }) => id));
  return request.accounts.flatMap((account, index) => {
    const at = (...path: (string | number)[]): string => pointer('/accounts', index, ...path);
    const found: Problem[] = [];
    if (account.annualRecurringRevenue.currency !== request.currency) {
      const message = `Revenue in ${account.annualRecurringRevenue.currency}, and the plan is in ${request.currency}.`;
      const mend = 'A plan has one currency: convert, or plan the accounts apart.';
      found.push(problem(at('annualRecurringRevenue', 'currency'), 'two-currencies', message, mend));
    }
    if (timeZoneName(account.timeZone) === undefined) found.push(unknownZone(at('timeZone'), account.timeZone));
    if (account.preferredRep !== undefined && !reps.has(account.preferredRep)) {
      const mend = 'Name a rep of the request, or leave it out.';
      found.push(problem(at('preferredRep'), 'unknown-rep', `The rep "${account.preferredRep}" is unknown.`, mend));
    }
    const curve = account.hazard ?? [];
    for (const [place, point] of curve.entries()) {
      const before = curve[place - 1];
      if (before !== undefined && (point.days <= before.days || point.basisPoints < before.basisPoints)) {
        const mend = 'Days rise from point to point, and the probability never falls.';
        found.push(problem(at('hazard', place), 'falling-hazard', 'The curve falls, or goes back in time.', mend));
      }
    }
    return found;
  });
}

function referenceProblems(request: PlanRequest): Problem[] {
  const touches = new Set(request.touches.map(({ id }) => id));
  const unknown = (at: string, id: string): Problem[] =>
    touches.has(id)
      ? []
      : [problem(at, 'unknown-touch', `The touch "${id}" is unknown.`, 'Remove the entry, or add the touch.')];
  return [
    ...(request.previous?.slots ?? []).flatMap(({ touch }, index) =>
      unknown(pointer('/previous/slots', index, 'touch'), touch),
    ),
    ...request.actuals.flatMap(({ touch }, index) => unknown(pointer('/actuals', index, 'touch'), touch)),
  ];
}

/** Everything in a request of the right shape that contradicts itself or names what is not there. */
export function consistencyProblems(request: PlanRequest): Problem[] {
  const ids = (list: readonly { readonly id: string }[]): string[] => list.map(({ id }) => id);
  const at =
    (list: string, field = 'id') =>
    (index: number): string =>
      pointer('', list, index, field);
  const done = request.actuals.map(({ touch, status }) => (status === 'done' ? touch : ''));
  return [
    ...duplicates(ids(request.touches), at('touches'), 'touch'),
    ...duplicates(ids(request.reps), at('reps'), 'rep'),
    ...duplicates(ids(request.accounts), at('accounts'), 'account'),
    ...duplicates(
      request.floors.map(({ segment }) => segment),
      at('floors', 'segment'),
      'floor of the segment',
    ),
    ...duplicates(
      (request.previous?.slots ?? []).map(({ touch }) => touch),
      (index) => pointer('/previous/slots', index, 'touch'),
      'slot of the touch',
    ),
    ...duplicates(
      done.filter((touch) => touch !== ''),
      () => '/actuals',
      'touch that is done',
    ),
    ...touchProblems(request),
    ...cycles(request),
    ...repProblems(request),
    ...accountProblems(request),
    ...referenceProblems(request),
  ];
}
