/**
 * What every generated module ends with: reading the exact form of an input, and turning the fused functions' bits into a
 * decision. It is a text, not a function of ours, so that bundling and minifying never change what is generated.
 */
export const JAVASCRIPT_RUNTIME = `
const DAY = 86400000;
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

// Objects of the input: names with a field's position, or with a further object.
const top = new Map();
fields.forEach(({ path }, index) => {
  const names = path.split('.');
  let level = top;
  for (const name of names.slice(0, -1)) {
    if (!level.has(name)) level.set(name, new Map());
    level = level.get(name);
  }
  level.set(names.at(-1), index);
});

function readDecimal(value, scale) {
  const match = typeof value === 'string' ? /^(-?)([0-9]+)(?:[.]([0-9]+))?$/.exec(value) : null;
  if (match === null || (match[3] ?? '').length > scale) return NaN;
  const digits = Number(match[2] + (match[3] ?? '').padEnd(scale, '0'));
  return match[1] === '-' && digits !== 0 ? -digits : digits;
}

function readDate(value) {
  if (typeof value !== 'string' || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return NaN;
  const at = Date.parse(value + 'T00:00:00Z');
  return Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== value ? NaN : at / DAY;
}

function readWords(value, type) {
  if (!Array.isArray(value)) return NaN;
  let mask = 0;
  for (const word of value) {
    const bit = type.values.indexOf(word);
    if (bit < 0 || (mask & (1 << bit)) !== 0) return NaN;
    mask |= 1 << bit;
  }
  return value.length <= type.maximumSize ? mask : NaN;
}

function readOne(value, type) {
  switch (type.kind) {
    case 'boolean':
      return value === true ? 1 : value === false ? 0 : NaN;
    case 'decimal':
      return readDecimal(value, type.scale);
    case 'date':
      return readDate(value);
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? type.values.indexOf(value) : NaN;
    case 'set':
      return readWords(value, type);
    case 'money':
      if (!isObject(value) || value.currency !== type.currency || Object.keys(value).length !== 2) return NaN;
      return Number.isSafeInteger(value.minorUnits) ? value.minorUnits + 0 : NaN;
    default:
      return Number.isSafeInteger(value) ? value + 0 : NaN;
  }
}

/**
 * Reads an input in its exact form as one number a field, undefined where an optional field is absent or null.
 * @throws TypeError with the paths of all that does not fit
 */
export function read(input) {
  const values = fields.map(() => undefined);
  const faults = [];
  const visit = (level, value, at) => {
    if (!isObject(value)) {
      faults.push(at + ' is not an object');
      return;
    }
    for (const name of Object.keys(value)) {
      const path = at === '' ? name : at + '.' + name;
      const inner = level.get(name);
      if (inner === undefined) {
        if (refusesOthers) faults.push(path + ' is not declared');
      } else if (value[name] === null || value[name] === undefined) continue;
      else if (typeof inner === 'number') {
        const { type, minimum, maximum } = fields[inner];
        const number = readOne(value[name], type);
        if (number >= minimum && number <= maximum) values[inner] = number;
        else faults.push(path + ' does not fit');
      } else visit(inner, value[name], path);
    }
  };
  visit(top, input, '');
  fields.forEach(({ path, optional }, index) => {
    if (!optional && values[index] === undefined) faults.push(path + ' is missing or does not fit');
  });
  if (faults.length > 0) throw new TypeError('The input does not fit: ' + faults.join('; '));
  return values;
}

/** Decides one number a field, as \`read\` gives them. */
export function decideValues(values) {
  const record = Float64Array.from(fields, (_, index) => values[index] ?? NaN);
  const words = Math.ceil(rules.length / 32);
  const bits = new Int32Array(2 * words);
  const result = evaluate(record, 0, bits);
  const has = (from, index) => (bits[from + (index >>> 5)] & (1 << (index & 31))) !== 0;
  const applied = rules.filter((_, index) => has(0, index));
  const violated = rules.filter((_, index) => has(words, index));
  const taken = new Map();
  for (const rule of applied) {
    if (rule.sets === undefined || !Number.isNaN(record[rule.sets[0]])) continue;
    const before = taken.get(rule.sets[0]);
    if (before === undefined || rule.rank < before.rank) taken.set(rule.sets[0], rule);
  }
  const defaults = [...taken].sort(([a], [b]) => a - b).map(([field, rule]) => [fields[field].path, rule.sets[1]]);
  return {
    outcome: ['allowed', 'routed', 'denied'][result],
    applied: applied.map(({ id }) => id),
    violated: violated.map(({ id }) => id),
    route: [...new Set(applied.flatMap(({ route }) => route ?? []))].sort(),
    defaults: Object.fromEntries(defaults),
    because: applied.map((rule) => ({
      rule: rule.id,
      owner: rule.owner,
      violated: violated.includes(rule),
      message: rule.message,
      when: rule.when,
      ...(rule.requires === undefined ? {} : { requires: rule.requires }),
    })),
  };
}

/** Decides an input in its exact form. */
export function decide(input) {
  return decideValues(read(input));
}
`;
