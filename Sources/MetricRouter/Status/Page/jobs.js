// The table of jobs: one row a job, changed in place.

import { byId, element, reconcile, setAttribute, setText, stateBadge } from "./dom.js";
import { age, count, duration, hostlist, instant, isKnown, number, percent, rate, time, unknown } from "./format.js";
import { sparkline } from "./chart.js";
import { link } from "./view.js";

/** The columns; `sort` is the name of the order in the API, which begins with the greatest where `falls`. */
export const columns = [
  { id: "state", title: "State", sort: "state" },
  { id: "user", title: "User", sort: "user" },
  { id: "job", title: "Job", sort: "job" },
  { id: "nodes", title: "Nodes", sort: "nodes", falls: true },
  { id: "started", title: "Started", sort: "started", falls: true },
  { id: "rate", title: "Rows/s", sort: "rate", falls: true },
  { id: "load", title: "Load", sort: "load", falls: true },
  { id: "memory", title: "Memory", sort: "memory", falls: true },
  { id: "count", title: "Rows", sort: "rows", falls: true },
  { id: "last", title: "Last row" },
];

export const keyOf = (job) => JSON.stringify([job.user, job.job]);

/** The load of an active job or node: the configured value that is one, else the last of its series. */
export function loadOf({ values = {}, series }) {
  const names = Object.keys(values);
  const name = names.find((name) => /load1min/.test(name)) ?? names.find((name) => /load/.test(name));
  return (name === undefined ? null : values[name]) ?? series?.load.at(-1) ?? null;
}

/** The share of memory in use of an active job or node. */
export function memoryOf({ values = {}, series }) {
  const value = (end) => values[Object.keys(values).find((name) => name.endsWith(end))];
  const [all, free] = [value("MemTotal"), value("MemAvailable")];
  if (isKnown(all) && isKnown(free) && all > 0) return Math.min(1, Math.max(0, 1 - free / all));
  return series?.memory.at(-1) ?? null;
}

/** A bar with its number: how full memory is. */
export function memoryBar() {
  const text = element("span", { class: "figure" });
  const level = element("span", { class: "level" });
  const bar = element("span", { class: "bar", "aria-hidden": "true" }, level);
  return {
    nodes: [bar, text],
    show(share) {
      setText(text, percent(share));
      const width = isKnown(share) ? `${Math.round(share * 100)}%` : "0";
      if (level.style.width !== width) level.style.width = width;
      setAttribute(bar, "data-full", isKnown(share) && share >= 0.9 ? "" : null);
    },
  };
}

function jobRow() {
  const cells = Object.fromEntries(columns.map(({ id, title }) =>
    [id, element("td", { role: "cell", class: id, "data-label": title })]));
  const badge = stateBadge();
  const [id, name] = [element("span", { class: "id" }), element("span", { class: "name" })];
  const open = element("a", { class: "open", tabindex: "-1" }, id, name);
  const [howMany, which, marks] = ["figure", "which", "mark"].map((kind) => element("span", { class: kind }));
  const [began, ran] = [element("span"), element("span", { class: "dim ran" })];
  const [load, loadLine] = [element("span", { class: "figure" }), sparkline("load")];
  const [memory, memoryLine] = [memoryBar(), sparkline("memory")];
  cells.state.append(badge.node);
  cells.job.append(open);
  cells.nodes.append(element("div", { class: "where" }, howMany, which, marks));
  cells.started.append(began, ran);
  cells.load.append(loadLine.node, load);
  cells.memory.append(memoryLine.node, ...memory.nodes);
  const node = element("tr", { role: "row" }, ...Object.values(cells));
  const view = { node, link: open, job: null };

  view.update = (job) => {
    view.job = job;
    setAttribute(node, "data-state", job.state);
    badge.show(job.state);
    setText(cells.user, job.user);
    setAttribute(cells.user, "title", job.user);
    setText(id, job.job);
    setText(name, job.slurm?.name ?? "");
    setAttribute(open, "title", job.slurm?.name ? `${job.job} ${job.slurm.name}` : job.job);
    setAttribute(open, "href", link({ open: { user: job.user, job: job.job } }));
    setText(howMany, count(job.nodes.length));
    const list = hostlist(job.nodes);
    setText(which, list);
    const shared = job.shared_nodes?.length ?? 0;
    const words = [];
    if (job.silent_nodes > 0 && job.silent_nodes < job.nodes.length) words.push(`${job.silent_nodes} silent`);
    if (shared > 0) words.push("shared");
    setText(marks, words.join(", "));
    setAttribute(cells.nodes, "title", shared > 0 ? `${list}; with other jobs: ${hostlist(job.shared_nodes)}` : list);
    setText(cells.rate, rate(job.rows_per_second));
    // What a job without rows had last is not how it is.
    const isCurrent = job.state === "active";
    setText(load, number(isCurrent ? loadOf(job) : null));
    memory.show(isCurrent ? memoryOf(job) : null);
    setText(cells.count, count(job.rows));
    if (job.series) {
      const hasCourse = job.state !== "ended";
      loadLine.show(hasCourse ? job.series.load : []);
      memoryLine.show(hasCourse ? job.series.memory : [], 1);
    }
  };
  /** What changes by the clock alone. */
  view.tick = (now) => {
    const started = instant(view.job.started);
    setText(began, time(started, false));
    setAttribute(cells.started, "title", view.job.started);
    setText(ran, started === null ? "" : duration((instant(view.job.ended) ?? now) - started));
    const last = instant(view.job.last_row);
    setText(cells.last, last === null ? unknown : age(now - last));
    setAttribute(cells.last, "title", view.job.last_row);
  };
  return view;
}

/** The table's body. */
export class JobTable {
  #rows = new Map();
  #body = byId("rows");
  /** The row that the Tab key reaches; the arrow keys go on from it. */
  #current = null;

  constructor(openJob) {
    this.#body.addEventListener("click", (click) => {
      if (click.defaultPrevented || click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey) return;
      const row = this.#rowOf(click.target);
      // Who selects a name to copy it does not want the details.
      if (!row || (getSelection()?.toString() && !click.target.closest("a"))) return;
      click.preventDefault();
      this.#makeCurrent(row);
      openJob(row.job);
    });
    this.#body.addEventListener("focusin", (focus) => { this.#makeCurrent(this.#rowOf(focus.target)); });
  }

  show(jobs, now, open) {
    const hadFocus = this.#body.contains(document.activeElement);
    const place = [...this.#rows.keys()].indexOf(this.#current);
    this.#rows = reconcile(this.#body, this.#rows, jobs, keyOf, jobRow);
    for (const row of this.#rows.values()) row.tick(now);
    if (!this.#rows.has(this.#current)) {
      const rows = [...this.#rows.values()];
      this.#makeCurrent(rows[Math.max(0, Math.min(place, rows.length - 1))]);
    }
    // A row that goes must not take the focus with it.
    if (hadFocus && !this.#body.contains(document.activeElement)) {
      (this.#rows.get(this.#current)?.link ?? byId("jobs")).focus({ preventScroll: true });
    }
    this.mark(open);
  }

  tick(now) { for (const row of this.#rows.values()) row.tick(now); }

  /** Marks the job whose details are open. */
  mark(open) {
    const key = open === null ? null : keyOf(open);
    for (const [name, row] of this.#rows) setAttribute(row.node, "aria-current", name === key ? "true" : null);
  }

  /** Moves the focus by so many rows, from the current one; into the table, where it is not in it. */
  move(steps) {
    const keys = [...this.#rows.keys()];
    if (keys.length === 0) return;
    const isInside = this.#body.contains(document.activeElement);
    const to = Math.max(0, keys.indexOf(this.#current)) + (isInside ? steps : 0);
    this.focus(keys[Math.min(keys.length - 1, Math.max(0, to))]);
  }

  /** Focuses the row of a job, the current one where it is not shown; says whether there was one. */
  focus(key) {
    const row = this.#rows.get(key) ?? this.#rows.get(this.#current);
    row?.link.focus();
    row?.node.scrollIntoView({ block: "nearest" });
    return row !== undefined;
  }

  #rowOf(target) {
    const node = target.closest("tr");
    return [...this.#rows.values()].find((row) => row.node === node);
  }

  #makeCurrent(row) {
    if (!row) return;
    for (const other of this.#rows.values()) other.link.tabIndex = other === row ? 0 : -1;
    this.#current = keyOf(row.job);
  }
}

/** The headers, which sort. */
export function makeHeaders(sortBy) {
  const buttons = new Map();
  byId("headers").append(...columns.map(({ id, title, sort }) => {
    const header = element("th", { role: "columnheader", scope: "col", class: id });
    if (sort === undefined) { header.append(title); return header; }
    const arrow = element("span", { class: "arrow", "aria-hidden": "true" });
    const button = element("button", { type: "button" }, title, arrow);
    button.addEventListener("click", () => sortBy(sort));
    header.append(button);
    buttons.set(sort, header);
    return header;
  }));
  for (const { sort, title } of columns) if (sort) byId("order").append(element("option", { value: sort }, title));
  return (view) => {
    const falls = (columns.find(({ sort }) => sort === view.sort)?.falls ?? false) !== view.reverse;
    for (const [sort, header] of buttons) {
      setAttribute(header, "aria-sort", sort === view.sort ? (falls ? "descending" : "ascending") : null);
    }
    byId("order").value = view.sort;
    setText(byId("direction"), falls ? "↓" : "↑");
    const first = falls ? "highest" : "lowest";
    setAttribute(byId("direction"), "aria-label", `Reverse the order; now ${first} first`);
  };
}
