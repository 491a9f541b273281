import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';

/**
 * Draws docs/scheduling-growth.svg from the last line that the benchmark printed:
 *
 *   npm run bench -- scheduling --json | tail -1 > report.json
 *   node test/bench/scheduling/plot-growth.ts report.json docs/scheduling-growth.svg
 */
const report = z.object({ figures: z.record(z.string(), z.record(z.string(), z.number())) });

interface Point {
  readonly touches: number;
  readonly seconds: number;
}

const WIDTH = 720;
const HEIGHT = 440;
const LEFT = 70;
const RIGHT = 700;
const TOP = 60;
const BOTTOM = 380;
const TOUCHES = [20, 50, 100, 200, 500, 1_000, 2_000, 5_000];
const SECONDS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500];

const grouped = (value: number): string => String(value).replace(/(\d)(?=(\d{3})+$)/g, '$1,');

/** A place on an axis that counts in powers. */
function scale(from: number, to: number, low: number, high: number): (value: number) => number {
  const factor = (high - low) / (Math.log(to) - Math.log(from));
  return (value) => Math.round((low + (Math.log(value) - Math.log(from)) * factor) * 10) / 10;
}

function series(points: readonly Point[], kind: string, place: (point: Point) => readonly [number, number]): string {
  const at = points.map(place);
  const line = `<polyline class="${kind}" points="${at.map(([x, y]) => `${x},${y}`).join(' ')}"/>`;
  const dots = at.map(([x, y], index) => {
    const { touches, seconds } = points[index] ?? { touches: 0, seconds: 0 };
    const title = `<title>${grouped(touches)} touches: ${seconds} s</title>`;
    return kind === 'piece'
      ? `<rect class="dot ${kind}" x="${x - 4}" y="${y - 4}" width="8" height="8">${title}</rect>`
      : `<circle class="dot ${kind}" cx="${x}" cy="${y}" r="4.5">${title}</circle>`;
  });
  return [line, ...dots].join('\n  ');
}

function drawn(whole: readonly Point[], pods: readonly Point[], pieces: readonly Point[]): string {
  const all = [...whole, ...pods, ...pieces];
  const least = all.reduce((low, { seconds }) => Math.min(low, seconds), 1);
  const most = all.reduce((high, { seconds }) => Math.max(high, seconds), 1);
  const low = SECONDS.filter((each) => each <= least).at(-1) ?? 0.1;
  const high = SECONDS.find((each) => each >= most) ?? 500;
  const x = scale(20, 5_600, LEFT, RIGHT);
  const y = scale(low, high, BOTTOM, TOP);
  const place = ({ touches, seconds }: Point): readonly [number, number] => [x(touches), y(seconds)];
  const ticks = [
    ...TOUCHES.map(
      (value) =>
        `<line class="grid" x1="${x(value)}" y1="${TOP}" x2="${x(value)}" y2="${BOTTOM}"/><text x="${x(value)}" y="${BOTTOM + 18}" text-anchor="middle">${grouped(value)}</text>`,
    ),
    ...SECONDS.filter((value) => value >= low && value <= high).map(
      (value) =>
        `<line class="grid" x1="${LEFT}" y1="${y(value)}" x2="${RIGHT}" y2="${y(value)}"/><text x="${LEFT - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`,
    ),
  ];
  const legend = [
    ['whole', 'planned at once, 10 touches a rep'],
    ['pods', 'planned in pods, all pieces together'],
    ['piece', 'planned in pods, the longest piece'],
  ].map(
    ([kind, text], index) =>
      `<line class="${kind}" x1="${LEFT + 14}" y1="${TOP + 16 + index * 20}" x2="${LEFT + 44}" y2="${TOP + 16 + index * 20}"/><text x="${LEFT + 52}" y="${TOP + 20 + index * 20}">${text}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title">
  <title id="title">How the time of a plan grows with its touches</title>
  <style>
    svg { background: #fff; color: #1b1f24; font: 13px system-ui, sans-serif; }
    text { fill: currentColor; }
    .grid { stroke: currentColor; stroke-opacity: 0.15; }
    .head { font-size: 16px; font-weight: 600; }
    polyline, .whole, .pods, .piece { fill: none; stroke-width: 2; }
    .whole { stroke: #0b62c4; }
    .pods { stroke: #b4520a; stroke-dasharray: 7 4; }
    .piece { stroke: #5b7083; stroke-dasharray: 2 4; }
    .dot { stroke-dasharray: none; stroke: none; }
    .dot.whole { fill: #0b62c4; }
    .dot.pods { fill: #b4520a; }
    .dot.piece { fill: #5b7083; }
    @media (prefers-color-scheme: dark) {
      svg { background: #14181d; color: #e6e9ed; }
      .whole { stroke: #6fb1ff; }
      .pods { stroke: #ffab66; }
      .piece { stroke: #a9bccd; }
      .dot.whole { fill: #6fb1ff; }
      .dot.pods { fill: #ffab66; }
      .dot.piece { fill: #a9bccd; }
    }
  </style>
  <text class="head" x="${LEFT}" y="32">How the time of a plan grows with its touches</text>
  ${ticks.join('\n  ')}
  ${series(whole, 'whole', place)}
  ${series(pods, 'pods', place)}
  ${series(pieces, 'piece', place)}
  ${legend.join('\n  ')}
  <text x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 44}" text-anchor="middle">touches in the request (10 days, 20 scenarios)</text>
  <text transform="translate(20 ${(TOP + BOTTOM) / 2}) rotate(-90)" text-anchor="middle">processor time, in seconds</text>
</svg>
`;
}

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error('Usage: node test/bench/scheduling/plot-growth.ts REPORT.json FILE.svg');
  process.exitCode = 1;
} else {
  const rows = Object.entries(report.parse(JSON.parse(readFileSync(from, 'utf8'))).figures);
  const points = (prefix: string, seconds: (row: Readonly<Record<string, number>>) => number): Point[] =>
    rows
      .filter(([name]) => name.startsWith(`plan: ${prefix} `))
      .map(([, row]) => ({ touches: row.touches ?? 0, seconds: seconds(row) }))
      .sort((a, b) => a.touches - b.touches);
  const longest = ({ secondsOfLargestPod = 0, secondsOfImproving = 0, secondsOfJoining = 0 }): number =>
    Math.max(secondsOfLargestPod, secondsOfImproving, secondsOfJoining);
  const all = ({ seconds = 0 }): number => seconds;
  writeFileSync(to, drawn(points('growth', all), points('pods', all), points('pods', longest)));
}
