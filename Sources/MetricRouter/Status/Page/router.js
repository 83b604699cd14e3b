// The router's HTTP interface: requests with the token, and the stream of changes.

/** The router answered, but not with what was asked for; `status` 0: it did not answer. */
export class Trouble extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const tokenKey = "router-token";
let token = null;
try { token = sessionStorage.getItem(tokenKey); } catch { /* Without storage the token lasts as long as the page. */ }

export const hasToken = () => token !== null;

/** Takes a token, or forgets it. */
export function setToken(text) {
  token = text;
  try {
    if (text === null) sessionStorage.removeItem(tokenKey); else sessionStorage.setItem(tokenKey, text);
  } catch { /* As above. */ }
}

const authorization = () => (token === null ? {} : { Authorization: `Bearer ${token}` });

/**
 * GETs JSON. Gives `{ body, time }`, `time` being the router's clock in milliseconds, or null.
 * Throws `Trouble`, or an AbortError where `signal` says so.
 */
export async function get(path, parameters, signal) {
  const query = new URLSearchParams(parameters).toString();
  let answer, body;
  try {
    answer = await fetch(query ? `${path}?${query}` : path, {
      headers: { Accept: "application/json", ...authorization() }, cache: "no-store", credentials: "same-origin",
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    body = await answer.json().catch((error) => {
      if (answer.ok || error.name !== "SyntaxError") throw error;
      return {};
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Trouble(0, "The router does not answer.");
  }
  if (!answer.ok) {
    const reason = typeof body?.error === "string" ? body.error : `The router answers with status ${answer.status}.`;
    throw new Trouble(answer.status, reason);
  }
  const date = Date.parse(answer.headers.get("Date") ?? "");
  return { body, time: Number.isNaN(date) ? null : date };
}

/**
 * Follows /v1/events for ever, by fetch, since EventSource cannot send a token. `heard` is called with each kind and
 * its parsed text. Only a hint: the page asks for the jobs at intervals, too, and does without where the stream fails.
 */
export async function follow(heard, isWanted) {
  let pause = 1000, last = null;
  for (;;) {
    const stream = new AbortController();
    try {
      if (!isWanted()) throw new Trouble(0, "not now");
      const headers = { Accept: "text/event-stream", ...authorization() };
      if (last !== null) headers["Last-Event-ID"] = last;
      // The totals come each 5 s; where nothing comes for long, the connection is dead and nobody said so.
      let silence = setTimeout(() => stream.abort(), 20_000);
      try {
        const answer = await fetch("v1/events", { headers, cache: "no-store", signal: stream.signal });
        if (!answer.ok || !answer.body) throw new Trouble(answer.status, "no changes");
        const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
        let text = "";
        for (;;) {
          const { value, done } = await reader.read();
          if (done || !isWanted()) break;
          clearTimeout(silence);
          silence = setTimeout(() => stream.abort(), 20_000);
          pause = 1000;
          text = (text + value).replaceAll("\r\n", "\n");
          const blocks = text.split("\n\n");
          text = blocks.pop().slice(-65_536);
          for (const block of blocks) last = hear(block, heard) ?? last;
        }
      } finally {
        clearTimeout(silence);
      }
    } catch { /* The next attempt will tell. */ }
    stream.abort();
    await new Promise((done) => setTimeout(done, pause * (0.8 + Math.random() * 0.4)));
    pause = Math.min(30_000, pause * 2);
  }
}

/** Reads one message of the stream; gives its id, if it has one. */
function hear(block, heard) {
  let kind = "message", id = null, text = "";
  for (const line of block.split("\n")) {
    const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
    if (name === "event") kind = value;
    else if (name === "id") id = value;
    else if (name === "data") text += value;
  }
  try { heard(kind, JSON.parse(text)); } catch { /* Not what was agreed: no hint. */ }
  return id;
}
