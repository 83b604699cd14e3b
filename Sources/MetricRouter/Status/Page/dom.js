// Making and changing elements. Names of users and jobs are chosen by users: they only ever become text nodes and
// attribute values here, and nothing in this page parses HTML.

/** An element with attributes (`class`, `aria-label`, ...; false and null leave one out) and children or texts. */
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function graphic(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** The element of the page with this id. */
export const byId = (id) => document.getElementById(id);

/** Sets a text if it is another one: what does not change is not laid out again. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** The same for an attribute; null takes it away. */
export function setAttribute(node, name, value) {
  if (value === null || value === false) { if (node.hasAttribute(name)) node.removeAttribute(name); return; }
  const text = String(value);
  if (node.getAttribute(name) !== text) node.setAttribute(name, text);
}

/**
 * Makes the children of `parent` those of `items`, by key: old ones stay and are moved only where they have to.
 * `make` gives an object with a `node`, `update(item)` is called on each. Returns the objects by key.
 */
export function reconcile(parent, known, items, keyOf, make) {
  const next = new Map();
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  for (const item of items) {
    const key = keyOf(item);
    const view = known.get(key) ?? make(item);
    view.update(item);
    next.set(key, view);
  }
  for (const [key, view] of known) if (!next.has(key)) view.node.remove();
  let place = parent.firstElementChild;
  for (const view of next.values()) {
    if (view.node === place) place = place.nextElementSibling;
    else parent.insertBefore(view.node, place);
  }
  // An element that is moved loses the focus.
  if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  return next;
}

/** The mark and the word of a state: told apart by shape, word and color. */
export function stateBadge() {
  const shape = graphic("path", { d: "" });
  const word = element("span");
  const mark = graphic("svg", { viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, shape);
  const node = element("span", { class: "badge" }, mark, word);
  return {
    node,
    show(state) {
      setAttribute(node, "data-state", state);
      setAttribute(shape, "d", shapes[state] ?? shapes.ended);
      setText(word, state);
    },
  };
}

const shapes = {
  active: "M6 1a5 5 0 1 1 0 10a5 5 0 0 1 0-10z",
  silent: "M2 1.5h3v9h-3zM7 1.5h3v9h-3z",
  ended: "M1.5 1.5h9v9h-9zM3.2 3.2v5.6h5.6v-5.6z",
};
