import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AdvanceableClock, SystemClock, VirtualClock } from '../../../lib/local/clock.ts';

const START = Date.parse('2026-11-20T09:00:00Z');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'clock-'));
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true });
});

const kinds: [string, () => AdvanceableClock][] = [
  ['VirtualClock', () => new VirtualClock(START)],
  ['SystemClock', () => new SystemClock(join(directory, 'clock.json'))],
];

describe.each(kinds)('%s', (_kind, create) => {
  it('fires timers in order of time, each at its own instant', async () => {
    const clock = create();
    const fired: string[] = [];
    const note = (name: string) => () => fired.push(`${name} ${clock.now() - START}`);
    clock.schedule(START + 300, note('c'));
    clock.schedule(START + 100, note('a'));
    clock.schedule(START + 100, note('b'));
    clock.schedule(START + 900, note('never'));
    await clock.advance(500);
    expect(fired).toEqual(['a 100', 'b 100', 'c 300']);
    expect(clock.now()).toBe(START + 500);
  });

  it('fires timers that timers set on the way', async () => {
    const clock = create();
    const fired: number[] = [];
    const again = () => {
      fired.push(clock.now() - START);
      clock.schedule(clock.now() + 100, again);
    };
    clock.schedule(START + 100, again);
    await clock.advance(350);
    expect(fired).toEqual([100, 200, 300]);
  });

  it('waits for what a timer started before time moves on', async () => {
    const clock = create();
    const fired: number[] = [];
    let work = Promise.resolve();
    clock.schedule(START + 100, () => {
      work = Promise.resolve()
        .then(() => undefined)
        .then(() => {
          clock.schedule(clock.now() + 50, () => fired.push(clock.now() - START));
        });
    });
    await clock.advance(1000, () => work);
    expect(fired).toEqual([150]);
  });

  it('does not fire what was cancelled', async () => {
    const clock = create();
    const fired: string[] = [];
    const cancel = clock.schedule(START + 100, () => fired.push('cancelled'));
    clock.schedule(START + 100, () => fired.push('kept'));
    cancel();
    await clock.advance(1000);
    expect(fired).toEqual(['kept']);
  });
});

describe('VirtualClock', () => {
  it('fires an overdue timer at once, but not before schedule returns', async () => {
    const clock = new VirtualClock(START);
    const fired: string[] = [];
    clock.schedule(START - 1, () => fired.push('overdue'));
    expect(fired).toEqual([]);
    await new Promise((resolve) => setImmediate(resolve));
    expect(fired).toEqual(['overdue']);
  });
});

describe('SystemClock', () => {
  it('follows the time of the machine and fires by it', () => {
    const clock = new SystemClock(join(directory, 'clock.json'));
    const fired: number[] = [];
    clock.schedule(START + 1000, () => fired.push(clock.now()));
    clock.schedule(START + 40 * 24 * 3_600_000, () => fired.push(clock.now()));
    vi.advanceTimersByTime(999);
    expect(fired).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(fired).toEqual([START + 1000]);
    // Longer than setTimeout can count.
    vi.advanceTimersByTime(40 * 24 * 3_600_000);
    expect(fired).toEqual([START + 1000, START + 40 * 24 * 3_600_000]);
  });

  it('keeps skipped time skipped after a restart', async () => {
    const file = join(directory, 'state', 'clock.json');
    const clock = new SystemClock(file);
    await clock.advance(3_600_000);
    expect(new SystemClock(file).now()).toBe(START + 3_600_000);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ offsetMilliseconds: 3_600_000 });
  });

  it('never goes backwards when the time of the machine does', () => {
    const clock = new SystemClock(join(directory, 'clock.json'));
    const before = clock.now();
    vi.setSystemTime(START - 60_000);
    expect(clock.now()).toBe(before);
  });

  it('has written the offset before a timer acts on the new time', async () => {
    const file = join(directory, 'clock.json');
    const clock = new SystemClock(file);
    let written = 0;
    clock.schedule(START + 5000, () => {
      written = new SystemClock(file).now();
    });
    await clock.advance(10_000);
    expect(written).toBe(START + 5000);
  });

  it('fires nothing once it is stopped', () => {
    const clock = new SystemClock(join(directory, 'clock.json'));
    const fired: string[] = [];
    clock.schedule(START + 1000, () => fired.push('late'));
    clock.stop();
    vi.advanceTimersByTime(5000);
    expect(fired).toEqual([]);
  });

  it('refuses a file that it did not write', () => {
    const file = join(directory, 'clock.json');
    writeFileSync(file, '{"offsetMilliseconds":-5}');
    expect(() => new SystemClock(file)).toThrow();
  });
});
