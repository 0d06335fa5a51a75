// Elements without a framework: text stays text, nothing is ever parsed as HTML.

export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, '');
    else node.setAttribute(name, String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

// Replaces what is in a container; whoever had the focus by a data-key keeps it.
export function fill(container, ...children) {
  const active = document.activeElement;
  const key = container.contains(active) ? active.getAttribute('data-key') : null;
  container.replaceChildren(...children.flat().filter((child) => child !== null));
  if (key) {
    const again = [...container.querySelectorAll('[data-key]')]
        .find((node) => node.getAttribute('data-key') === key);
    again?.focus({ preventScroll: true });
  }
}

export function panel(title, id, className = '') {
  const body = el('div');
  const node = el('section', { class: `panel ${className}`, 'aria-labelledby': id },
      el('h2', { id }, title), body);
  return { node, body };
}

export function figures(rows) {
  const list = el('dl', { class: 'figures' });
  for (const row of rows) {
    if (!row) continue;
    const [name, value, why] = row;
    list.append(el('div', {}, el('dt', {}, name), el('dd', {}, value),
        why ? el('dd', { class: 'why unknown' }, why) : null));
  }
  return list;
}

export function cell(label, value, className = '') {
  return el('td', { 'data-label': label, class: className }, value);
}

let announced = 0;
const PAUSE_MS = 5000;

// Says something to screen readers, rarely: a live region that talks all the time is turned off.
export function announce(text) {
  const region = document.getElementById('live');
  if (!region || region.textContent === text || performance.now() - announced < PAUSE_MS) return;
  announced = performance.now();
  region.textContent = text;
}
