// Numbers, times and names as people read them. Pure functions.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat("en", { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const atMost = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** What stands for a value that is not known. */
export const unknown = "–";

export const isKnown = (value) => typeof value === "number" && Number.isFinite(value);

/** 1,430; millions as 12.3 M. */
export function count(value) {
  if (!isKnown(value)) return unknown;
  if (value < 1e7) return whole.format(value);
  if (value < 1e9) return `${tenths.format(value / 1e6)} M`;
  return `${tenths.format(value / 1e9)} G`;
}

/** Rows a second, with one digit behind the point as long as that says something. */
export function rate(value) {
  if (!isKnown(value)) return unknown;
  if (value === 0) return "0";
  return value < 999.5 ? tenths.format(value) : count(value);
}

/** A load, or another amount: three digits or so, whatever its size. */
export function number(value) {
  if (!isKnown(value)) return unknown;
  if (value === 0) return "0";
  if (Math.abs(value) < 9.995) return hundredths.format(value);
  if (Math.abs(value) < 999.5) return tenths.format(value);
  return count(value);
}

/** A mark of a scale: as many digits as it needs. */
export const scale = (value) => (value < 1e6 ? atMost.format(value) : count(value));

/** 0.42 as 42 %. */
export const percent = (share) => (isKnown(share) ? `${Math.round(share * 100)} %` : unknown);

/** In binary units, as `free` and `du` have it. */
export function bytes(value) {
  if (!isKnown(value)) return unknown;
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  let unit = 0;
  for (; value >= 1024 && unit < units.length - 1; unit += 1) value /= 1024;
  return `${unit === 0 || value >= 99.95 ? whole.format(value) : tenths.format(value)} ${units[unit]}`;
}

/** 9 s, 12 min, 2 h 05 min, 3 d 4 h. */
export function duration(milliseconds) {
  if (!isKnown(milliseconds)) return unknown;
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 100) return `${seconds} s`;
  const all = Math.floor(seconds / 60);
  if (all < 60) return `${all} min`;
  const hours = Math.floor(all / 60);
  if (hours < 48) return `${hours} h ${String(all % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Milliseconds since 1970 of a time of the API, or null. */
export function instant(text) {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** The local time of the day, with the day where that is not today. */
export function time(milliseconds, now, precise = true) {
  if (!isKnown(milliseconds)) return unknown;
  const moment = new Date(milliseconds);
  const text = (precise ? clock : minutes).format(moment);
  return moment.toDateString() === new Date(now).toDateString() ? text : `${days.format(moment)}, ${text}`;
}

/** The nodes as Slurm writes them: c[1-3,7],gpu01. */
export function hostlist(nodes) {
  // Numbers with leading zeros belong together only where they have the same width: c001 and c010, but not c1.
  const split = nodes.map((node) => /^(.*?)(\d{1,9})$/.exec(node) ?? [node, node, ""]);
  const zeros = new Set(split.filter(([, , digits]) => digits[0] === "0").map(([, prefix]) => prefix));
  const groups = new Map();
  for (const [, prefix, digits] of split) {
    const key = `${prefix}\n${digits === "" ? "-" : zeros.has(prefix) ? digits.length : ""}`;
    if (!groups.has(key)) groups.set(key, { prefix, numbers: [] });
    if (digits !== "") groups.get(key).numbers.push(digits);
  }
  const texts = [];
  for (const { prefix, numbers } of groups.values()) {
    if (numbers.length < 2) { texts.push(prefix + (numbers[0] ?? "")); continue; }
    numbers.sort((one, other) => Number(one) - Number(other));
    const ranges = [];
    for (const digits of numbers) {
      const range = ranges.at(-1);
      if (range && Number(range[1]) + 1 === Number(digits)) range[1] = digits;
      else ranges.push([digits, digits]);
    }
    texts.push(`${prefix}[${ranges.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(",")}]`);
  }
  return texts.join(",");
}
