import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadDirectory } from '../../../lib/core/directory/load.ts';
import type { InvalidInput } from '../../../lib/core/errors.ts';
import { publicationStatement } from '../../../lib/engines/handoff/claims.ts';
import { loadContract } from '../../../lib/engines/handoff/contract.ts';
import { parsePacket } from '../../../lib/engines/handoff/packet.ts';
import { compilePayloadSchema, payloadFormats } from '../../../lib/engines/handoff/payload-schema.ts';
import { states } from '../../../lib/engines/handoff/states.ts';
import { transitions } from '../../../lib/engines/handoff/transitions.ts';
import { supportContract } from './support/contracts.ts';

const text = readFileSync(new URL('../../../docs/handoff.md', import.meta.url), 'utf8');

function example(name: string): unknown {
  const found = text.match(new RegExp(`\`\`\`json ${name}\\n([\\s\\S]*?)\`\`\``))?.[1];
  if (found === undefined) throw new Error(`docs/handoff.md has no example "${name}"`);
  return JSON.parse(found);
}

describe('docs/handoff.md', () => {
  it('has a contract, a packet and a publication that are read', () => {
    expect(loadContract(example('contract')).warnings).toEqual([]);
    expect(parsePacket(example('packet')).handoff).toBe('h-2026-1187');
    expect(publicationStatement.parse(example('publication')).claims).toHaveLength(1);
  });

  it('lists every transition as the table has it, every state and every format', () => {
    const rows = transitions.map(
      ({ event, from, to, who }) => `| ${event} | ${from.join(', ')} | ${to} | ${who.join(', ')} |`,
    );
    const listed = text.split('\n').filter((line) => rows.includes(line));
    expect(listed).toEqual(rows);
    expect(text.match(/^\| [a-z-]+ \| .* \| .* \| .* \|$/gm)).toHaveLength(rows.length + 1);
    for (const state of states) expect(text).toContain(`\`${state}\``);
    for (const format of payloadFormats) {
      expect(text).toContain(`\`${format}\``);
      expect(compilePayloadSchema({ format }, '')('neither nor')).toHaveLength(1);
    }
  });
});

describe('a contract beside a directory', () => {
  it('names roles that somebody holds, and calendars that exist', () => {
    const directory = loadDirectory({
      schema: 'countersign/directory/1',
      version: '1',
      calendars: [{ id: 'office', name: 'Office', week: { monday: ['09:00-17:00'] } }],
      roles: [{ id: 'support-lead', name: 'Lead' }],
      people: [
        {
          id: 'ana',
          name: 'Ana',
          email: 'ana@example.com',
          roles: ['support-lead'],
          timeZone: 'Europe/Berlin',
          calendar: 'office',
        },
      ],
    });
    expect(() => loadContract(supportContract(), directory)).not.toThrow();
    const bad = supportContract({
      calendar: { calendar: 'elsewhere', timeZone: 'UTC' },
      consumers: [{ id: 'tier-2', name: 'Tier 2', accepts: ['1.x'], role: 'nobody' }],
      acceptance: [{ by: 'role', id: 'r', at: 'acceptance', says: 'Good.', role: 'unheard-of' }],
    });
    try {
      loadContract(bad, directory);
    } catch (error) {
      expect((error as InvalidInput).problems.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
        '/acceptance/0/role criterion-nobody-checks',
        '/consumers/0/role unreachable-consumer',
        '/calendar/calendar unknown-calendar',
      ]);
      return;
    }
    throw new Error('it was let through');
  });
});
