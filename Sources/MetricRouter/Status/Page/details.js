// The panel with all that is known of one job, changed in place while it is open.

import { byId, element, reconcile, setAttribute, setText, stateBadge } from "./dom.js";
import {
  age, ago, bytes, count, duration, hostlist, instant, isKnown, number, percent, rate, time, unknown,
} from "./format.js";
import { chart } from "./chart.js";
import { keyOf, loadOf, memoryBar, memoryOf } from "./jobs.js";
import { link } from "./view.js";

// The words that `router jobs` has, too.
const reasons = {
  rows: "rows arrive", "rows-again": "rows arrive again", "no-rows": "no rows arrive",
  "slurm-row": "an LDMS Slurm sampler says so", "slurm-message": "Slurm says so",
};
const nodeLimit = 50;
/** Where the panel lies over the whole page, as page.css has it. */
const covers = matchMedia("(max-width: 1020px)");

export class JobDetails {
  #panel = byId("details");
  #close;
  #parts = null;

  constructor(close) {
    this.#close = close;
    covers.addEventListener("change", () => this.#layOver());
  }

  /** Opens the panel for a job of which nothing is known yet. */
  open({ user, job }) {
    this.#parts = this.#build(user, job);
    this.#panel.hidden = false;
    this.#panel.scrollTop = 0;
    document.body.classList.add("with-details");
    this.#layOver();
  }

  close() {
    this.#parts = null;
    this.#panel.hidden = true;
    this.#panel.replaceChildren();
    document.body.classList.remove("with-details");
    this.#layOver();
  }

  /** What is covered cannot be reached by the Tab key either. */
  #layOver() {
    const isCovered = covers.matches && !this.#panel.hidden;
    for (const below of document.querySelectorAll(".overview, .top, .skip")) below.inert = isCovered;
  }

  focus() { byId("details-title")?.focus({ preventScroll: true }); }

  /** The router has no such job, or cannot tell. */
  refuse(message) {
    if (!this.#parts) return;
    setText(this.#parts.problem, message);
    this.#parts.problem.hidden = false;
    this.#parts.body.hidden = true;
  }

  show(job, now) {
    const parts = this.#parts;
    if (!parts) return;
    parts.problem.hidden = true;
    parts.body.hidden = false;
    parts.badge.show(job.state);
    setText(parts.name, job.slurm?.name ?? "");
    parts.facts.show(facts(job, now));
    const end = instant(job.series.end);
    const interval = job.series.interval_ms;
    const isCurrent = job.state === "active";
    parts.rate.show(job.series.rows_per_second, end, interval, isCurrent);
    parts.load.show(job.series.load, end, interval, isCurrent);
    parts.memory.show(job.series.memory, end, interval, isCurrent);
    parts.history.show(job, now);
    parts.nodes.show(job, now);
    parts.schemas.show(job.schemas);
    parts.topics.show(job.topics);
  }

  #build(user, job) {
    const badge = stateBadge();
    const name = element("p", { class: "job-name" });
    const close = element("button", {
      type: "button", class: "quiet close", "aria-label": "Close the details", "aria-keyshortcuts": "Escape",
    }, "✕");
    close.addEventListener("click", () => this.#close());
    const problem = element("p", { class: "plain" });
    problem.hidden = true;
    const parts = {
      badge, name, problem,
      rate: chart("rate", "Rows/s", rate),
      load: chart("load", "Load, mean of the nodes", number),
      memory: chart("memory", "Memory in use", percent, 1),
      history: history(), facts: definitions(), nodes: nodeTable(), schemas: schemaTable(), topics: topicList(),
    };
    const section = (kind, title, ...nodes) => element("section", { class: kind }, element("h3", {}, title), ...nodes);
    parts.body = element("div", { class: "details-body" },
      section("charts", "Last minutes", parts.rate.node, parts.load.node, parts.memory.node),
      section("states", "States", parts.history.node),
      section("facts", "Job", parts.facts.node),
      section("nodes-of-job", "Nodes", parts.nodes.node),
      section("schemas", "Row schemas", parts.schemas.node),
      section("topics-of-job", "Topics", parts.topics.node));
    parts.body.hidden = true;
    this.#panel.replaceChildren(
      element("header", {},
        element("h2", { id: "details-title", tabindex: "-1" }, element("span", { class: "whose" }, user),
          element("span", { class: "slash" }, "/"), element("span", { class: "id" }, job)),
        badge.node, close, name),
      problem, parts.body);
    return parts;
  }
}

function facts(job, now) {
  const [started, ended, last] = [instant(job.started), instant(job.ended), instant(job.last_row)];
  const slurm = job.slurm ?? {};
  return [
    ["State", `${job.state}, ${reasons[job.reason] ?? job.reason}`],
    ["Since", time(instant(job.since))],
    ["Started", time(started)],
    ["Ended", ended === null ? null : time(ended)],
    [ended === null ? "Runs for" : "Ran for", started === null ? null : duration((ended ?? now) - started)],
    ["Account", slurm.account],
    ["Partition", slurm.partition],
    ["Slurm's state", slurm.state],
    ["Exit code", slurm.exit_code],
    ["Rows", `${count(job.rows)}, ${bytes(job.bytes)}`],
    ["Last row", last === null ? null : `${time(last)}, ${ago(now - last)}`],
    ["Input delay", isKnown(job.input_delay_ms) ? duration(job.input_delay_ms) : null],
    ["Nodes", `${job.nodes.length}: ${hostlist(job.nodes)}`],
  ].filter(([, text]) => text);
}

/** Names and texts, one below the other. */
function definitions() {
  const node = element("dl", {});
  let known = new Map();
  return {
    node,
    show(pairs) {
      known = reconcile(node, known, pairs, ([name]) => name, ([name]) => {
        const text = element("dd", {});
        return { node: element("div", {}, element("dt", {}, name), text), update: ([, value]) => setText(text, value) };
      });
    },
  };
}

/** The states as a bar over time, and as a list that says the same. */
function history() {
  const bar = element("div", { class: "timeline", "aria-hidden": "true" });
  const list = element("ol", {});
  let [knownSpans, knownItems] = [new Map(), new Map()];
  return {
    node: element("div", { class: "history" }, bar, list),
    show(job, now) {
      const changes = job.history.map((change) => ({ ...change, at: instant(change.time) }))
        .filter(({ at }) => at !== null);
      const until = job.state === "ended" ? (changes.at(-1)?.at ?? now) : now;
      const spans = changes.map((change, index) => {
        const end = changes[index + 1]?.at ?? until;
        return { ...change, index, length: Math.max(0, end - change.at) };
      });
      knownSpans = reconcile(bar, knownSpans, spans, ({ index, at }) => `${index} ${at}`, () => {
        const span = element("span", {});
        return {
          node: span,
          update({ state, length }) {
            setAttribute(span, "data-state", state);
            span.style.flexGrow = length;
          },
        };
      });
      knownItems = reconcile(list, knownItems, spans.toReversed(), ({ index, at }) => `${index} ${at}`, () => {
        const badge = stateBadge();
        const [when, why] = [element("span", { class: "when" }), element("span", { class: "dim" })];
        return {
          node: element("li", {}, when, badge.node, why),
          update({ at, state, reason, length, index }) {
            setText(when, time(at));
            badge.show(state);
            const isLast = index === spans.length - 1;
            setText(why, `${reasons[reason] ?? reason}${isLast ? "" : ` · for ${duration(length)}`}`);
          },
        };
      });
    },
  };
}

/** A table whose columns may change. */
function plainTable(label) {
  const [head, body] = [element("tr", {}), element("tbody", {})];
  const node = element("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": label },
    element("table", {}, element("thead", {}, head), body));
  let titles = "";
  return {
    node, body,
    setTitles(list) {
      if (titles === list.join("\n")) return;
      titles = list.join("\n");
      head.replaceChildren(...list.map((title, index) =>
        element("th", { scope: "col", class: index > 0 ? "number" : null }, title)));
    },
  };
}

/** How a configured value reads: LDMS's memory is in KiB, and its processor rates in hundredths of a processor. */
function value(name, amount) {
  if (!isKnown(amount)) return unknown;
  if (/^meminfo\//.test(name)) return bytes(amount * 1024);
  if (/^rate\(procstat2\//.test(name)) return number(amount / 100);
  return number(amount);
}

function valueTitle(name) {
  if (name === "rate(procstat2/user{name=cpu})") return "CPUs, user";
  if (name === "rate(procstat2/system{name=cpu})") return "CPUs, system";
  return name.replace(/^(\w+)\//, "");
}

function nodeTable() {
  const table = plainTable("Nodes of this job");
  const more = element("button", { type: "button" });
  let [known, columns, isWhole, latest] = [new Map(), "", false, null];
  more.addEventListener("click", () => { isWhole = true; show(...latest); });

  function show(job, now) {
    latest = [job, now];
    // Load and memory have columns of their own; what else is configured follows.
    const names = Object.keys(job.values).filter((name) => !/load1min$|^meminfo\/Mem(Total|Available)$/.test(name));
    if (columns !== names.join("\n")) {
      columns = names.join("\n");
      table.setTitles(["Node", "Load", "Memory", ...names.map(valueTitle), "Last row"]);
      known = reconcile(table.body, known, [], () => "", () => null);
    }
    const nodes = isWhole ? job.node_details : job.node_details.slice(0, nodeLimit);
    known = reconcile(table.body, known, nodes, ({ node }) => node, () => nodeRow(names));
    for (const item of nodes) known.get(item.node).showValues(item, job.state === "active" && !item.silent);
    for (const row of known.values()) row.tick(now);
    more.hidden = nodes.length === job.node_details.length;
    setText(more, `Show all ${count(job.node_details.length)} nodes`);
  }
  return { node: element("div", {}, table.node, more), show };
}

function nodeRow(names) {
  const cell = (...content) => element("td", { class: "number" }, ...content);
  const [name, badge, shared] = [element("span", { class: "id" }), stateBadge(), element("span", { class: "shared" })];
  const [load, memory, last] = [cell(), memoryBar(), cell()];
  const values = names.map(() => cell());
  const node = element("tr", {}, element("th", { scope: "row" }, name, badge.node, shared), load,
    cell(...memory.nodes), ...values, last);
  let [others, lastRow] = [new Map(), null];
  return {
    node,
    update(item) {
      setText(name, item.node);
      badge.show("silent");
      badge.node.hidden = !item.silent;
      shared.hidden = item.shared_with.length === 0;
      if (item.shared_with.length && !shared.firstChild) shared.append("shared with ", element("span", {}));
      if (shared.lastElementChild) {
        others = reconcile(shared.lastElementChild, others, item.shared_with, keyOf, ({ user, job }) => {
          const other = element("a", {}, `${user} / ${job}`);
          return { node: other, update: () => setAttribute(other, "href", link({ open: { user, job } })) };
        });
      }
      lastRow = instant(item.last_row);
    },
    /** What a node that sends nothing had last is not how it is. */
    showValues(item, isCurrent) {
      setText(load, number(isCurrent ? loadOf(item) : null));
      memory.show(isCurrent ? memoryOf(item) : null);
      names.forEach((each, index) => setText(values[index], value(each, isCurrent ? item.values[each] : null)));
    },
    tick(now) { setText(last, lastRow === null ? unknown : age(now - lastRow)); },
  };
}

function schemaTable() {
  const table = plainTable("Row schemas of this job");
  table.setTitles(["Schema", "Rows/s", "Rows", "Size"]);
  let known = new Map();
  return {
    node: table.node,
    show(schemas) {
      known = reconcile(table.body, known, schemas, ({ name }) => name, () => {
        const name = element("th", { scope: "row" });
        const cells = [0, 1, 2].map(() => element("td", { class: "number" }));
        return {
          node: element("tr", {}, name, ...cells),
          update(schema) {
            setText(name, schema.name);
            const texts = [rate(schema.rows_per_second), count(schema.rows), bytes(schema.bytes)];
            texts.forEach((text, index) => setText(cells[index], text));
          },
        };
      });
    },
  };
}

function topicList() {
  const node = element("div", { class: "topics" });
  let known = new Map();
  return {
    node,
    show(topics) {
      const items = [
        {
          title: "This job", text: topics.job,
          missing: "Its name would be too long for Kafka: its rows are only in the user's topic.",
        },
        { title: "All jobs of this user", text: topics.user, missing: unknown },
        {
          title: "Follow the job with kcat; BROKERS is the address that your site gives you",
          text: kcat(topics.job ?? topics.user), missing: null,
        },
      ].filter(({ text, missing }) => text || missing);
      known = reconcile(node, known, items, ({ title }) => title, ({ title }) => {
        const text = element("code", { tabindex: "0" });
        const copy = element("button", { type: "button", "aria-label": `Copy: ${title}` }, "Copy");
        copy.addEventListener("click", () => copied(text, copy));
        return {
          node: element("div", { class: "topic" }, element("p", { class: "dim" }, title), text, copy),
          update(item) { setText(text, item.text ?? item.missing); copy.hidden = !item.text; },
        };
      });
    },
  };
}

function kcat(topic) {
  if (!topic) return null;
  const word = /^[\w.-]+$/.test(topic) ? topic : `'${topic.replaceAll("'", `'\\''`)}'`;
  return `kcat -b BROKERS -t ${word} -C -o end -q -f '%k %s\\n'`;
}

async function copied(source, button) {
  let isDone = false;
  try {
    await navigator.clipboard.writeText(source.textContent);
    isDone = true;
  } catch {
    // The clipboard is for secure contexts only; by plain HTTP from elsewhere the old way is left.
    getSelection().selectAllChildren(source);
    isDone = document.execCommand("copy");
  }
  setText(button, isDone ? "Copied" : "Press Ctrl-C");
  setText(byId("live"), isDone ? "Copied" : "Selected: press Ctrl-C");
  setTimeout(() => setText(button, "Copy"), 2000);
}
