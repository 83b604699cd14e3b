// What is shown, and how that is written in the address, so that it can be shared:
// #q=wrf&state=silent&sort=load&user=alice&job=101

export const states = ["active", "silent", "ended"];
const orders = ["state", "user", "job", "nodes", "started", "rate", "load", "memory", "rows"];
const initial = Object.freeze({
  text: "", states: Object.freeze(["active", "silent"]), sort: "started", reverse: false, page: 0, open: null,
});

/** The view of now. Nobody changes it in place: `change` does. */
export let view = initial;

/** Reads an address; what makes no sense is as if it were not there. */
export function parse(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const shown = given.get("state")?.split(",").filter((state) => states.includes(state));
  const page = Number(given.get("page") ?? 1);
  const [user, job] = [given.get("user"), given.get("job")];
  return {
    text: (given.get("q") ?? "").slice(0, 200),
    states: shown ? states.filter((state) => shown.includes(state)) : initial.states,
    sort: orders.includes(given.get("sort")) ? given.get("sort") : initial.sort,
    reverse: given.has("reverse"),
    page: Number.isSafeInteger(page) && page > 0 && page < 1e6 ? page - 1 : 0,
    open: user && job ? { user, job } : null,
  };
}

/** The address of the view with these changes. */
export function link(changes) {
  const wanted = { ...view, ...changes };
  const given = new URLSearchParams();
  if (wanted.text) given.set("q", wanted.text);
  if (wanted.states.join() !== initial.states.join()) given.set("state", wanted.states.join());
  if (wanted.sort !== initial.sort) given.set("sort", wanted.sort);
  if (wanted.reverse) given.set("reverse", "");
  if (wanted.page > 0) given.set("page", wanted.page + 1);
  if (wanted.open) {
    given.set("user", wanted.open.user);
    given.set("job", wanted.open.job);
  }
  return `#${given.toString().replaceAll("%2C", ",")}`;
}

/** Changes the view and the address; `isStep` makes it something that Back goes back from. */
export function change(changes, isStep = false) {
  const address = link(changes);
  view = { ...view, ...changes };
  if (address !== (location.hash || "#")) history[isStep ? "pushState" : "replaceState"](null, "", address);
}

/** Takes the view from the address. */
export function readAddress() { view = parse(location.hash); }
