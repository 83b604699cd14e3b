// The page: asks the router for the jobs again and again, and shows what it says.

import { byId, element, setAttribute, setText, stateBadge } from "./dom.js";
import { ago, count, duration, instant, rate, time, unknown } from "./format.js";
import { JobDetails } from "./details.js";
import { JobTable, keyOf, makeHeaders } from "./jobs.js";
import { Trouble, follow, get, hasToken, setToken } from "./router.js";
import { change, readAddress, states, view } from "./view.js";

const pageSize = 100;
/** How often the jobs are asked for; after a hint sooner, but never sooner than `shortest` after the last time. */
const interval = 3000;
const shortest = 2000;
/** A point of a series covers 5 s; to ask for them more often would be many bytes for nothing. */
const seriesInterval = 5000;
/** Rows that are so old do not come from a sampler now. */
const oldAfter = 60_000;

const table = new JobTable((job) => openJob({ user: job.user, job: job.job }));
const details = new JobDetails(closeJob);
const showOrder = makeHeaders(sortBy);
const series = new Map();

/** The last answer, and the router's clock less ours. */
let [page, clockOffset, answered] = [null, 0, 0];
let [timer, asking, lastAsked, lastSeries] = [null, null, -Infinity, -Infinity];
let [failures, nextAttempt, isSigningIn] = [0, 0, false];
/** What is wrong, while something is. */
let trouble = { what: "", why: "" };

/**
 * The time that ages are told by: the router's clock or, while it catches up, the time up to which it has seen all.
 * Rows that are far from the clock though nothing waits to be read are a recording that is played again: then it is theirs.
 */
function now() {
  const clock = Date.now() + clockOffset;
  const seen = page ? instant(page.totals.time) : null;
  if (seen === null) return clock;
  if (page.totals.behind) return seen;
  const played = seen + (performance.now() - answered);
  return Math.abs(clock - played) > oldAfter ? played : clock;
}

// Asking

function schedule(delay) {
  clearTimeout(timer);
  nextAttempt = performance.now() + delay;
  // Who does not look needs no news; visibilitychange asks at once.
  if (!document.hidden) timer = setTimeout(ask, delay);
}

/** Something has changed at the router: asks at once, or as soon as may be. */
function hint() {
  if (isSigningIn || document.hidden || asking) return;
  const soonest = Math.max(0, lastAsked + shortest - performance.now());
  if (performance.now() + soonest < nextAttempt) schedule(soonest);
}

async function ask() {
  clearTimeout(timer);
  asking?.abort();
  const mine = new AbortController();
  asking = mine;
  lastAsked = performance.now();
  const wanted = view;
  const withSeries = lastAsked - lastSeries >= seriesInterval;
  const parameters = { sort: wanted.sort, limit: pageSize, offset: wanted.page * pageSize };
  if (wanted.text.trim()) parameters.q = wanted.text.trim();
  if (wanted.reverse) parameters.reverse = true;
  if (wanted.states.length > 0 && wanted.states.length < states.length) parameters.state = wanted.states.join();
  if (withSeries) parameters.series = true;
  try {
    const [answer, job] = await Promise.all([
      get("v1/jobs", parameters, mine.signal), wanted.open && askForJob(wanted.open, mine.signal),
    ]);
    if (asking !== mine) return;
    if (!Array.isArray(answer.body?.jobs) || !answer.body.totals) {
      throw new Trouble(200, "Its answer is not a list of jobs.");
    }
    if (withSeries) lastSeries = lastAsked;
    received(answer, withSeries);
    if (job && view.open && keyOf(view.open) === keyOf(wanted.open)) {
      if (job.body) details.show(job.body, now()); else details.refuse(job.message);
      announceState(job.body);
    }
    schedule(interval);
  } catch (error) {
    if (mine.signal.aborted) return;
    failed(error);
  } finally {
    if (asking === mine) asking = null;
  }
}

/** A job that is not known is no trouble of the connection. */
async function askForJob({ user, job }, signal) {
  try {
    return await get(`v1/jobs/${encodeURIComponent(job)}`, { user }, signal);
  } catch (error) {
    if (error.status === 404) return { message: "The router does not know this job, or no longer keeps it." };
    if (error.status >= 400 && error.status !== 401) return { message: error.message };
    throw error;
  }
}

function received({ body, time: clock }, withSeries) {
  if (failures > 0) announce("Connected again.");
  [failures, page] = [0, body];
  // The header has whole seconds only: a small difference says nothing.
  answered = performance.now();
  if (clock !== null) clockOffset = Math.abs(clock - Date.now()) < 2000 ? 0 : clock - Date.now();
  if (withSeries) series.clear();
  for (const job of body.jobs) {
    if (job.series) series.set(keyOf(job), job.series); else job.series = series.get(keyOf(job));
  }
  // The page may have come to lie behind the end.
  if (body.jobs.length === 0 && body.total > 0 && view.page > 0) {
    change({ page: Math.floor((body.total - 1) / pageSize) });
    queueMicrotask(() => askSoon(0));
  }
  signIn(false);
  showPage();
  announceView();
}

function failed(error) {
  if (error.status === 401) { signIn(true); return; }
  failures += 1;
  // 1, 2, 4, 8 and then each 10 s, and not all pages of a site at once.
  const pause = Math.min(10_000, 500 * 2 ** failures) * (0.85 + Math.random() * 0.3);
  // An error status is not a lost connection.
  trouble = { what: error.status > 0 ? "The router cannot answer" : "Connection lost", why: error.message };
  if (failures === 1) announce(`${trouble.what}; retrying.`);
  schedule(pause);
  showConnection();
}

/** The user changed the view: asks soon, without waiting for the next turn. */
let soon = null;
function askSoon(delay) {
  lastSeries = -Infinity;
  clearTimeout(soon);
  soon = setTimeout(() => { if (!isSigningIn) ask(); }, delay);
}

// Showing

function showPage() {
  const { totals, jobs } = page;
  for (const state of states) chips.get(state).show(totals[state]);
  setText(byId("total-active"), count(totals.active));
  setText(byId("total-users"), count(totals.users));
  setText(byId("total-nodes"), count(totals.nodes));
  setText(byId("total-rate"), rate(totals.rows_per_second));
  setText(byId("total-routers"), count(totals.routers));
  // Sites whose rows name their user have none of these.
  for (const fate of ["unassigned", "withheld", "waiting"]) {
    const rows = totals.rows?.[fate] ?? 0;
    setText(byId(`total-${fate}`), count(rows));
    byId(`${fate}-tile`).hidden = rows === 0;
  }
  table.show(jobs, now(), view.open);
  showPages();
  showNothing();
  showConnection();
  tick();
}

function showPages() {
  const [first, pages] = [view.page * pageSize, Math.ceil(page.total / pageSize)];
  byId("pages").hidden = pages <= 1;
  setText(byId("range"), `${count(first + 1)} to ${count(first + page.jobs.length)} of ${count(page.total)}`);
  byId("previous").disabled = view.page === 0;
  byId("next").disabled = view.page + 1 >= pages;
}

/** Why there is no row, and what can be done about it. */
function showNothing() {
  const { totals } = page;
  const isEmpty = page.jobs.length === 0;
  byId("nothing").hidden = !isEmpty;
  byId("jobs").classList.toggle("empty", isEmpty);
  if (!isEmpty) return;
  const all = totals.active + totals.silent + totals.ended;
  let [what, why, action] = ["No jobs yet.", "A job appears with its first row.", null];
  if (all === 0 && !totals.complete) {
    [what, why] = ["Reading the index.", "The jobs will appear in a moment."];
  } else if (all > 0 && view.text.trim()) {
    [what, why, action] = ["No job matches.", "No user, job, name or node contains this text.", "Clear the filter"];
  } else if (all > 0) {
    [what, why, action] = ["No jobs in these states.", `Jobs in other states: ${count(all)}.`, "Show all states"];
  }
  setText(byId("nothing-what"), what);
  setText(byId("nothing-why"), why);
  setText(byId("nothing-do"), action ?? "");
  byId("nothing-do").hidden = action === null;
}

/** The words at the top, and the lines at the bottom, which lie over the page so that nothing jumps. */
function showConnection() {
  const state = isSigningIn ? "signed-out" : failures > 0 ? "lost" : page === null ? "connecting" : "live";
  setAttribute(byId("connection"), "data-state", state);
  byId("lost").hidden = state !== "lost";
  document.body.classList.toggle("stale", state === "lost");
  if (state === "lost") {
    const left = Math.max(0, Math.ceil((nextAttempt - performance.now()) / 1000));
    setText(byId("lost-text"), `${trouble.what}; retrying${left > 0 ? ` in ${left} s` : ""}. ${trouble.why}`);
  }
  const clock = Date.now() + clockOffset;
  const words = {
    live: time(clock), lost: "not connected", connecting: "connecting", "signed-out": "token needed",
  };
  setText(byId("connection-text"), words[state]);
  document.title = `${state === "live" ? `${count(page.totals.active)} jobs` : words[state]} · LDMS metric router`;
  const caution = state === "live" ? cautionOf(page.totals, clock) : "";
  byId("behind").hidden = caution === "";
  if (caution) setText(byId("behind-text"), caution);
}

/** Why the page may not show the present state, in the words of `router jobs`; empty if it does. */
function cautionOf(totals, clock) {
  if (totals.behind) {
    return `A router is catching up with its input, or is down; this is the state at ${time(now())}, ${
      ago(clock - now())}.`;
  }
  if (!totals.complete) return "Reading the job index: some jobs may still be missing.";
  const seen = instant(totals.time);
  if (seen === null || clock - seen <= oldAfter) return "";
  return `The rows are of ${time(seen)}, ${ago(clock - seen)}: is this a recording?`;
}

/** What changes by the clock alone, once a second. */
function tick() {
  showConnection();
  if (!page || failures > 0) return;
  table.tick(now());
  const seen = instant(page.totals.time);
  const lag = seen === null ? null : page.totals.behind ? Math.max(0, Date.now() + clockOffset - seen) : 0;
  setText(byId("total-lag"), lag === null ? unknown : duration(lag - (lag % 1000)));
  setAttribute(byId("lag-tile"), "data-behind", page.totals.behind ? "" : null);
}

/** Tells screen readers; a later text replaces an earlier one. */
function announce(text) { setText(byId("live"), text); }

/** Announces the number of jobs found when the filter changes. */
let announcedView = null;
function announceView() {
  const asked = JSON.stringify([view.text.trim(), view.states, view.page, page.totals.behind]);
  if (asked === announcedView) return;
  announcedView = asked;
  const isBehind = page.totals.behind ? "; the router is catching up" : "";
  announce(`${count(page.total)} ${page.total === 1 ? "job" : "jobs"}${isBehind}.`);
}

/** The job whose details are open came into another state. */
let announcedJob = null;
function announceState(job) {
  if (job && announcedJob && keyOf(job) === keyOf(announcedJob) && job.state !== announcedJob.state) {
    announce(`Job ${job.job} of ${job.user} is ${job.state}.`);
  }
  announcedJob = job ?? null;
}

let announcedAt = 0;
/** Counts of what has changed, gathered, so that a busy cluster does not talk without pause. */
const changes = { started: 0, active: 0, silent: 0, ended: 0 };
function announceChanges() {
  const words = { started: "started", active: "active again", silent: "silent", ended: "ended" };
  const parts = Object.keys(changes).filter((kind) => changes[kind] > 0)
    .map((kind) => `${changes[kind]} ${words[kind]}`);
  if (parts.length === 0 || performance.now() - announcedAt < 10_000) return;
  announcedAt = performance.now();
  for (const kind of Object.keys(changes)) changes[kind] = 0;
  announce(`Jobs: ${parts.join(", ")}.`);
}

/** Shows the view as it is in the address, from the start or after Back. */
function showView() {
  if (byId("filter").value !== view.text) byId("filter").value = view.text;
  for (const state of states) chips.get(state).press(view.states.includes(state));
  showOrder(view);
  table.mark(view.open);
}

function signIn(isWanted) {
  if (isWanted) {
    clearTimeout(timer);
    setText(byId("token-refused"), hasToken() ? "The router rejects this token." : "");
    setToken(null);
  }
  if (isWanted === isSigningIn && !isWanted) return;
  isSigningIn = isWanted;
  document.body.classList.toggle("signed-out", isWanted);
  byId("sign-in").hidden = !isWanted;
  byId("jobs").hidden = isWanted;
  if (isWanted) {
    byId("nothing").hidden = true;
    byId("token").value = "";
    byId("token").focus();
  }
  showConnection();
}

// What people do

function sortBy(sort) {
  change({ sort, reverse: view.sort === sort ? !view.reverse : false, page: 0 });
  showView();
  askSoon(0);
}

function openJob(job) {
  const isNew = view.open === null || keyOf(view.open) !== keyOf(job);
  if (isNew) {
    change({ open: job }, view.open === null);
    details.open(job);
    askSoon(0);
  }
  table.mark(job);
  details.focus();
}

function closeJob() {
  if (view.open === null) return;
  const key = keyOf(view.open);
  change({ open: null });
  details.close();
  table.mark(null);
  if (!table.focus(key)) byId("filter").focus();
}

function turnPage(pages) {
  change({ page: Math.max(0, view.page + pages) }, true);
  askSoon(0);
  byId("jobs").focus({ preventScroll: true });
  byId("jobs").scrollIntoView({ block: "start" });
}

const chips = new Map(states.map((state) => {
  const badge = stateBadge();
  badge.show(state);
  const number = element("span", { class: "figure" }, unknown);
  const button = element("button", { type: "button", class: "chip", "data-state": state }, badge.node, number);
  button.addEventListener("click", () => {
    change({ states: states.filter((other) => view.states.includes(other) !== (other === state)), page: 0 });
    showView();
    askSoon(0);
  });
  byId("chips").append(button);
  return [state, {
    show: (value) => setText(number, count(value)),
    press: (isPressed) => setAttribute(button, "aria-pressed", String(isPressed)),
  }];
}));

byId("filter").addEventListener("input", () => {
  change({ text: byId("filter").value, page: 0 });
  askSoon(250);
});
byId("order").addEventListener("change", () => sortBy(byId("order").value));
byId("direction").addEventListener("click", () => sortBy(view.sort));
byId("previous").addEventListener("click", () => turnPage(-1));
byId("next").addEventListener("click", () => turnPage(1));
byId("retry").addEventListener("click", () => schedule(0));
byId("nothing-do").addEventListener("click", () => {
  change(view.text.trim() ? { text: "" } : { states: [...states] });
  showView();
  askSoon(0);
  byId("filter").focus();
});
byId("token-form").addEventListener("submit", (submission) => {
  submission.preventDefault();
  setToken(byId("token").value.trim());
  setText(byId("token-refused"), "");
  ask();
});
byId("skip").addEventListener("click", (click) => {
  click.preventDefault();
  if (!table.focus(null)) byId("jobs").focus();
});

document.addEventListener("keydown", (key) => {
  if (key.ctrlKey || key.metaKey || key.altKey || key.isComposing) return;
  const isTyping = key.target.matches?.("input, select, textarea");
  if (key.key === "Escape") {
    if (key.target === byId("filter") && byId("filter").value) return;
    if (view.open) closeJob(); else if (isTyping) key.target.blur();
    return;
  }
  if (key.key === "/" && !isTyping) {
    byId("filter").focus();
    byId("filter").select();
    key.preventDefault();
    return;
  }
  const isInTable = byId("rows").contains(key.target);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity }[key.key];
  if (steps === undefined) return;
  // In the filter and on the bare page the down arrow enters the table; anywhere else the arrows are not ours.
  const enters = key.key === "ArrowDown" && [byId("filter"), byId("jobs"), document.body].includes(key.target);
  if (!isInTable && !enters) return;
  table.move(steps);
  key.preventDefault();
});

const themes = { auto: "Auto", dark: "Dark", light: "Light" };
function showTheme() {
  const theme = document.documentElement.dataset.theme ?? "auto";
  setText(byId("theme-text"), themes[theme]);
  setAttribute(byId("theme"), "aria-label", `Theme: ${theme === "auto" ? "system" : theme}`);
}
byId("theme").addEventListener("click", () => {
  const names = Object.keys(themes);
  const next = names[(names.indexOf(document.documentElement.dataset.theme ?? "auto") + 1) % names.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try { localStorage.setItem("theme", next); } catch { /* Then it is not remembered. */ }
  showTheme();
});

/** The address has changed: by Back, by a link, or by hand. */
function addressChanged() {
  const before = view.open;
  readAddress();
  showView();
  if (view.open && (!before || keyOf(before) !== keyOf(view.open))) {
    details.open(view.open);
    details.focus();
  }
  if (!view.open && before) {
    details.close();
    table.focus(keyOf(before));
  }
  askSoon(0);
}
addEventListener("popstate", addressChanged);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer); else if (!isSigningIn) schedule(0);
});

readAddress();
showView();
showTheme();
if (view.open) details.open(view.open);
ask();
setInterval(tick, 1000);
follow((kind) => {
  if (kind in changes) {
    changes[kind] += 1;
    announceChanges();
    hint();
  } else if (kind === "hello" || failures > 0) hint();
}, () => !isSigningIn && !document.hidden);
