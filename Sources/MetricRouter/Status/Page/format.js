// Numbers, times and names as people read them. Pure functions.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const hundredths = new Intl.NumberFormat("en", { maximumFractionDigits: 2, minimumFractionDigits: 2 });
const atMost = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const minutes = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const dates = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric" });

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

/** How long something lasts: 420 ms, 9 s, 12 min, 2 h 5 min, 5 d 21 h. `router jobs` has the same (`DurationWords`). */
export function duration(milliseconds) {
  if (!isKnown(milliseconds)) return unknown;
  const whole = Math.max(0, Math.floor(milliseconds));
  const seconds = Math.floor(whole / 1000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  const two = (large, unit, small, smallUnit) => `${large} ${unit}${small > 0 ? ` ${small} ${smallUnit}` : ""}`;
  if (seconds === 0 && whole > 0) return `${whole} ms`;
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  if (hours < 24) return two(hours, "h", minutes % 60, "min");
  return two(Math.floor(hours / 24), "d", hours % 24, "h");
}

/** How long ago something was: "now" below a second, also for clocks that disagree. */
export const age = (milliseconds) =>
  (isKnown(milliseconds) && milliseconds < 1000 ? "now" : duration(milliseconds));

/** The same in a sentence. */
export const ago = (milliseconds) => (milliseconds < 1000 ? "just now" : `${duration(milliseconds)} ago`);

/** Milliseconds since 1970 of a time of the API, or null. */
export function instant(text) {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** The local time of the day, with the day where that is not today, whatever day the index is at. */
export function time(milliseconds, precise = true) {
  if (!isKnown(milliseconds)) return unknown;
  const [moment, today] = [new Date(milliseconds), new Date()];
  const text = (precise ? clock : minutes).format(moment);
  if (moment.toDateString() === today.toDateString()) return text;
  return `${(moment.getFullYear() === today.getFullYear() ? days : dates).format(moment)}, ${text}`;
}

/** The nodes as Slurm writes them: c[1-3,7],gpu01. `router jobs` has the same (`NodeList.text`). */
export function hostlist(nodes) {
  // Numbers with leading zeros belong together only where they have the same width: c001 and c010, but not c1.
  const split = nodes.map((node) => /^(.*?)(\d{1,9})$/.exec(node) ?? [node, node, ""]);
  const zeros = new Set(split.filter(([, , digits]) => digits[0] === "0" && digits.length > 1).map(([, prefix]) => prefix));
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
