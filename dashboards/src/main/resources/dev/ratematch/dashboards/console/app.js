// The page: which view is shown, whether the server is heard, and the token where it asks for one.
import { el, fill } from './dom.js';
import { Overview } from './overview.js';
import { ServicePage } from './service.js';
import { setToken } from './store.js';
import { themes } from './theme.js';

const main = document.getElementById('main');
const link = document.getElementById('link');
const STATES = { live: 'live', lost: 'connection lost, trying again', refused: 'refused' };
let view = null;

function state(name) {
  link.dataset.state = name === 'refused' ? 'lost' : name;
  link.textContent = STATES[name] ?? name;
}

function askToken() {
  const input = el('input', { id: 'token', type: 'password', autocomplete: 'off', required: true });
  const form = el('form', { class: 'form', onsubmit: (event) => {
    event.preventDefault();
    setToken(input.value.trim());
    route();
  } }, el('div', {}, el('label', { for: 'token' }, 'Token'), input),
  el('button', { type: 'submit' }, 'Open'));
  fill(main, el('h1', {}, 'This console requires a token'),
      el('p', {}, 'It is in the file or variable that the server was given; it is kept until this '
        + 'tab is closed.'), form);
  input.focus();
}

function refused(problem) {
  state('refused');
  view?.destroy();
  view = null;
  if (problem.status === 401) {
    askToken();
    return;
  }
  fill(main, el('h1', {}, 'Nothing to show'), el('p', { class: 'notice' }, problem.message),
      el('p', {}, el('a', { href: '#/' }, 'All services')));
}

function route() {
  view?.destroy();
  state('connecting');
  const [path, query] = window.location.hash.slice(1).split('?');
  const id = new URLSearchParams(query ?? '').get('id');
  const on = { state, refused };
  view = path === '/service' && id ? new ServicePage(main, id, on) : new Overview(main, on);
  window.scrollTo(0, 0);
}

window.addEventListener('hashchange', () => {
  route();
  main.focus({ preventScroll: true });
});
themes();
route();
