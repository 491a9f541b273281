/**
 * Abbreviations that people know, by zone and offset in minutes. The list is our own because the platform's changes with its
 * locale and its version. One abbreviation stands for one offset everywhere, so a reader elsewhere is not misled; that is why
 * China (CST) and Ireland's summer (IST) have none and are written with their offset.
 */
interface Family {
  readonly names: Readonly<Record<number, string>>;
  readonly zones: readonly string[];
}

const inEurope = (names: string): string[] => names.split(' ').map((name) => `Europe/${name}`);
const inAmerica = (names: string): string[] => names.split(' ').map((name) => `America/${name}`);
const inAustralia = (names: string): string[] => names.split(' ').map((name) => `Australia/${name}`);

const FAMILIES: readonly Family[] = [
  { names: { 0: 'UTC' }, zones: ['UTC', 'Etc/UTC'] },
  { names: { 0: 'GMT', 60: 'BST' }, zones: ['Europe/London'] },
  { names: { 0: 'GMT' }, zones: ['Europe/Dublin', 'Africa/Accra', 'Atlantic/Reykjavik', 'GMT'] },
  { names: { 0: 'WET', 60: 'WEST' }, zones: ['Europe/Lisbon', 'Atlantic/Madeira', 'Atlantic/Canary'] },
  {
    names: { 60: 'CET', 120: 'CEST' },
    zones: inEurope(
      'Amsterdam Andorra Belgrade Berlin Bratislava Brussels Budapest Copenhagen Gibraltar Ljubljana Luxembourg Madrid Malta Monaco Oslo Paris Podgorica Prague Rome San_Marino Sarajevo Skopje Stockholm Tirane Vaduz Vatican Vienna Warsaw Zagreb Zurich',
    ),
  },
  {
    names: { 120: 'EET', 180: 'EEST' },
    zones: [
      ...inEurope('Athens Bucharest Helsinki Kiev Kyiv Mariehamn Riga Sofia Tallinn Vilnius'),
      'Asia/Nicosia',
      'Africa/Cairo',
    ],
  },
  { names: { [-300]: 'EST', [-240]: 'EDT' }, zones: inAmerica('New_York Detroit Toronto') },
  { names: { [-360]: 'CST', [-300]: 'CDT' }, zones: inAmerica('Chicago Winnipeg') },
  { names: { [-420]: 'MST', [-360]: 'MDT' }, zones: inAmerica('Denver Edmonton Phoenix') },
  { names: { [-480]: 'PST', [-420]: 'PDT' }, zones: inAmerica('Los_Angeles Vancouver') },
  { names: { 330: 'IST' }, zones: ['Asia/Kolkata', 'Asia/Calcutta'] },
  { names: { 480: 'SGT' }, zones: ['Asia/Singapore'] },
  { names: { 480: 'HKT' }, zones: ['Asia/Hong_Kong'] },
  { names: { 540: 'JST' }, zones: ['Asia/Tokyo'] },
  { names: { 540: 'KST' }, zones: ['Asia/Seoul'] },
  { names: { 480: 'AWST' }, zones: inAustralia('Perth') },
  { names: { 570: 'ACST', 630: 'ACDT' }, zones: inAustralia('Adelaide Darwin') },
  { names: { 600: 'AEST', 660: 'AEDT' }, zones: inAustralia('Brisbane Canberra Hobart Melbourne Sydney') },
  { names: { 720: 'NZST', 780: 'NZDT' }, zones: ['Pacific/Auckland'] },
  { names: { 120: 'SAST' }, zones: ['Africa/Johannesburg'] },
];

const NAMES = new Map(FAMILIES.flatMap(({ names, zones }) => zones.map((zone) => [zone, names] as const)));

/** Writes an offset from UTC: `UTC`, `UTC+05:45`, `UTC-03:30`. */
function writtenOffset(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  const hours = String(Math.trunc(size / 60)).padStart(2, '0');
  return `UTC${minutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

/**
 * What people call a zone's time while it is so many minutes ahead of UTC: its abbreviation, or else the offset.
 * @example zoneAbbreviation('Europe/Berlin', 120) // 'CEST'
 * @example zoneAbbreviation('Asia/Kathmandu', 345) // 'UTC+05:45'
 */
export function zoneAbbreviation(timeZone: string, offsetMinutes: number): string {
  return NAMES.get(timeZone)?.[offsetMinutes] ?? writtenOffset(offsetMinutes);
}
