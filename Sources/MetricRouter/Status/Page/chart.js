// Small charts as inline SVG: a line that tells a row's last minutes, and the larger ones of the details.

import { element, graphic, setAttribute, setText } from "./dom.js";
import { isKnown, scale, time, unknown } from "./format.js";

/** The lines through known points, and the areas below them; gaps where a point is not known. */
function paths(points, slots, width, height, top) {
  const first = slots - points.length;
  const x = (index) => (((first + index) / Math.max(1, slots - 1)) * width).toFixed(1);
  const y = (value) => (height - Math.min(1, Math.max(0, value / top)) * height).toFixed(1);
  let [line, area] = ["", ""];
  for (let from = 0; from < points.length; from += 1) {
    if (!isKnown(points[from])) continue;
    let to = from;
    while (isKnown(points[to + 1])) to += 1;
    const at = points.slice(from, to + 1).map((value, index) => `${x(from + index)} ${y(value)}`);
    // A point alone between gaps is to be seen, too.
    line += at.length === 1 ? `M${at[0]}h.1` : `M${at.join("L")}`;
    area += `M${x(from)} ${height}L${at.join("L")}V${height}z`;
    from = to;
  }
  return { line, area };
}

/** A scale that is easily read, above the highest point. */
function niceTop(points) {
  const highest = Math.max(...points.filter(isKnown), 0);
  if (highest <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return [1, 1.5, 2, 3, 4, 6, 8, 10].map((step) => step * power).find((top) => top >= highest * 1.02) ?? 10 * power;
}

/** A line of a table cell, without axes: decoration beside the number that says it. */
export function sparkline(kind) {
  const [width, height, slots] = [72, 20, 60];
  const area = graphic("path", { class: "area" });
  const line = graphic("path", { class: "line" });
  const node = graphic("svg", {
    class: `spark ${kind}`, viewBox: `0 -1.5 ${width} ${height + 3}`, width, height: height + 3,
    preserveAspectRatio: "none", "aria-hidden": "true",
  }, area, line);
  return {
    node,
    show(points, top = null) {
      const drawn = paths(points, slots, width, height, top ?? Math.max(...points.filter(isKnown), 1e-9) * 1.1);
      setAttribute(area, "d", drawn.area);
      setAttribute(line, "d", drawn.line);
    },
  };
}

/** A chart of the details: title, the value now or under the pointer, scale, and the time below. */
export function chart(kind, title, format, fixedTop = null) {
  const [width, height, slots] = [440, 84, 60];
  const area = graphic("path", { class: "area" });
  const line = graphic("path", { class: "line" });
  const cursor = graphic("path", { class: "cursor", d: "" });
  const lines = `M0 .5H${width}M0 ${height / 2}H${width}M0 ${height - .5}H${width}`;
  const grid = graphic("path", { class: "grid", d: lines });
  const svg = graphic("svg", {
    class: `chart ${kind}`, viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img",
  }, grid, area, line, cursor);
  const value = element("output", { class: "now" });
  const [high, low] = [element("span", { class: "high" }), element("span", { class: "low" })];
  const [from, to] = [element("span"), element("span")];
  const node = element("figure", {}, element("figcaption", {}, title, value),
    element("div", { class: "plot" }, svg, high, low),
    element("div", { class: "times", "aria-hidden": "true" }, from, to));
  let shown = { points: [], end: null, interval: 5000, isCurrent: false };
  let pointed = null;

  function showValue() {
    const { points, end, interval, isCurrent } = shown;
    const index = pointed === null ? null : Math.round(pointed * (slots - 1)) - (slots - points.length);
    if (index !== null && index >= 0 && index < points.length) {
      const x = ((slots - points.length + index) / (slots - 1)) * width;
      setAttribute(cursor, "d", `M${x.toFixed(1)} 0V${height}`);
      setText(value, `${format(points[index])} at ${time(end - (points.length - 1 - index) * interval)}`);
    } else {
      setAttribute(cursor, "d", "");
      setText(value, isCurrent && points.length ? format(points.at(-1)) : unknown);
    }
  }
  svg.addEventListener("pointermove", (pointer) => {
    const box = svg.getBoundingClientRect();
    pointed = (pointer.clientX - box.left) / box.width;
    showValue();
  });
  svg.addEventListener("pointerleave", () => { pointed = null; showValue(); });

  return {
    node,
    /** `isCurrent`: the last point is how it is; of a job without rows it is how it was. */
    show(points, end, interval, isCurrent) {
      shown = { points, end, interval, isCurrent };
      const top = fixedTop ?? niceTop(points);
      const drawn = paths(points, slots, width, height, top);
      setAttribute(area, "d", drawn.area);
      setAttribute(line, "d", drawn.line);
      setText(high, fixedTop === null ? scale(top) : format(top));
      setText(low, fixedTop === null ? "0" : format(0));
      setText(from, end === null ? "" : time(end - (slots - 1) * interval));
      setText(to, end === null ? "" : time(end));
      const known = points.filter(isKnown);
      const [least, most] = [Math.min(...known), Math.max(...known)];
      setAttribute(svg, "aria-label", known.length === 0 ? `${title}: not known`
        : `${title}: ${isCurrent ? `now ${format(points.at(-1))}, over` : "over"} the last minutes from ${
          format(least)} to ${format(most)}`);
      showValue();
    },
  };
}
