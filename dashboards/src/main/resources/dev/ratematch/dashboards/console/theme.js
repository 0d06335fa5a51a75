// Dark, light, or what the system says.
const KEY = 'ratematch-theme';
const ORDER = ['system', 'light', 'dark'];
const system = window.matchMedia('(prefers-color-scheme: dark)');
const heard = new Set();

const chosen = () => localStorage.getItem(KEY) ?? 'system';

function apply() {
  const choice = chosen();
  const dark = choice === 'dark' || (choice === 'system' && system.matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  const button = document.getElementById('theme');
  if (button) button.textContent = `Theme: ${choice}`;
  heard.forEach((each) => each());
}

export function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

// Calls back after every change; returns what ends that.
export function onTheme(call) {
  heard.add(call);
  return () => heard.delete(call);
}

export function themes() {
  document.getElementById('theme').addEventListener('click', () => {
    localStorage.setItem(KEY, ORDER[(ORDER.indexOf(chosen()) + 1) % ORDER.length]);
    apply();
  });
  system.addEventListener('change', apply);
  apply();
}
