// What the server is asked. Server-sent events are read by fetch, because an EventSource cannot send
// a token.
const KEY = 'ratematch-token';
const RETRY_MS = [1000, 2000, 5000, 10000];
const SILENT_MS = 40000;

export class Refused extends Error {
  constructor(status, text) {
    super(text);
    this.status = status;
  }
}

export function setToken(token) {
  sessionStorage.setItem(KEY, token);
}

function headers(more = {}) {
  const token = sessionStorage.getItem(KEY);
  return token ? { ...more, Authorization: `Bearer ${token}` } : more;
}

async function refused(response) {
  let text = `The server answered ${response.status}.`;
  try {
    text = (await response.json()).error ?? text;
  } catch {
    // It was no answer of ours; the status says what there is to say.
  }
  return new Refused(response.status, text);
}

export async function ask(path, params = {}) {
  const query = new URLSearchParams(
      Object.entries(params).filter(([, value]) => value !== null && value !== ''));
  const response = await fetch(`api/${path}?${query}`, { headers: headers() });
  if (!response.ok) throw await refused(response);
  return response.json();
}

// Reads events until it is stopped. After a break it begins again where it was.
export function stream(params, on) {
  let lastId = null;
  let stopped = false;
  let failures = 0;
  let abort = new AbortController();
  let timer = null;

  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => abort.abort(), SILENT_MS);
  };

  const take = (block) => {
    let name = 'message';
    let data = '';
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) name = line.slice(7);
      else if (line.startsWith('data: ')) data += line.slice(6);
      else if (line.startsWith('id: ')) lastId = line.slice(4);
    }
    if (data) on.event(name, JSON.parse(data));
  };

  const read = async () => {
    abort = new AbortController();
    heard();
    const query = new URLSearchParams(params);
    const response = await fetch(`api/events?${query}`, {
      headers: headers(lastId ? { 'Last-Event-ID': lastId } : {}),
      signal: abort.signal,
    });
    if (!response.ok) throw await refused(response);
    on.state('live');
    failures = 0;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      text += value;
      const blocks = text.split('\n\n');
      text = blocks.pop();
      blocks.forEach(take);
    }
  };

  const run = async () => {
    while (!stopped) {
      try {
        await read();
      } catch (problem) {
        // A server that was started again has not seen the service yet.
        const again = problem.status === 404 && lastId !== null;
        if (problem instanceof Refused && problem.status < 500 && !again) {
          on.refused(problem);
          return;
        }
      }
      if (stopped) return;
      on.state('lost');
      const pause = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)];
      await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
  };
  run();
  return () => {
    stopped = true;
    clearTimeout(timer);
    abort.abort();
  };
}
