import { describe, expect, it } from 'vitest';
import { bouncesOf, type Pass } from '../../../lib/engines/handoff/bounces.ts';

/** `A>B>A`: work that went from A to B and back. */
function passes(way: string, cause: Pass['cause'] = 'handoff'): Pass[] {
  const parties = way.split('>');
  return parties
    .slice(1)
    .map((to, index) => ({ from: parties[index] ?? '', to, at: `2026-11-18T09:0${index}:00.000Z`, cause }));
}

describe('bounces', () => {
  it.each([
    ['A>B', 0],
    ['A>B>C>D', 0],
    ['A>B>A', 1],
    ['A>B>A>B', 1],
    ['A>B>A>B>A', 2],
    ['A>B>C>A', 1],
    ['A>B>C>B>C>B', 2],
    ['A>B>C>B>A', 2],
  ])('on the way %s are %i', (way, count) => {
    expect(bouncesOf(passes(way), 5).count).toBe(count);
  });

  it('say who it came back to, and by what detour', () => {
    expect(bouncesOf(passes('A>B>C>A'), 5).bounces).toEqual([{ pass: 2, ways: ['A', 'B', 'C', 'A'] }]);
  });

  it('force a person to decide when there are more than the budget, not before', () => {
    expect(bouncesOf(passes('A>B>A>B>A'), 2)).toMatchObject({ count: 2, mustDecide: false });
    expect(bouncesOf(passes('A>B>A>B>A>B>A'), 2)).toMatchObject({ count: 3, mustDecide: true });
    expect(bouncesOf(passes('A>B>A'), 0).mustDecide).toBe(true);
  });

  it('are not what the customer caused', () => {
    const [there, back] = passes('A>B>A');
    expect(bouncesOf([there!, { ...back!, cause: 'customer' }], 0)).toMatchObject({ count: 0, mustDecide: false });
  });
});
