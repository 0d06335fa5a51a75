// Numbers with units; unknown is never a number.
import { el } from './dom.js';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function number(value, digits = 0) {
  return digits === 0 ? whole.format(value)
    : value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

export function seconds(value) {
  if (value === null || value === undefined) return 'no bound';
  if (value < 0.1) return `${number(value * 1000, value === 0 ? 0 : 1)} ms`;
  if (value < 1) return `${number(value * 1000)} ms`;
  if (value < 10) return `${number(value, 2)} s`;
  return value < 600 ? `${number(value)} s` : `${number(value / 60)} min`;
}

export function rate(value) {
  if (value === null || value === undefined) return 'no bound';
  return `${number(value, value < 10 ? 2 : value < 1000 ? 1 : 0)} req/s`;
}

export const tokens = (value) => `${number(value)} tokens`;
export const requests = (value) => `${number(value)} requests`;
export const share = (value) => `${number(100 * value, value > 0 && value < 0.1 ? 1 : 0)} %`;
export const gpus = (value) => `${number(value)} ${value === 1 ? 'GPU' : 'GPUs'}`;
export const pair = (value) => (value ? `${value.prefill}P${value.decode}D` : 'unknown');

export function replicas(value, role) {
  return `${number(value)} ${role} ${value === 1 ? 'replica' : 'replicas'}`;
}

export function signed(value) {
  return `${value >= 0 ? '+' : '−'}${number(Math.abs(100 * value), Math.abs(value) < 0.1 ? 1 : 0)} %`;
}

const two = (value) => String(Math.floor(value)).padStart(2, '0');

// Of the wall clock in the reader's own zone; of a trace, the time since its start.
export function time(at, wall, withSeconds = true) {
  if (wall) {
    return new Date(at * 1000).toLocaleTimeString('en-GB',
        withSeconds ? {} : { hour: '2-digit', minute: '2-digit' });
  }
  const clock = `${two(at / 3600)}:${two((at / 60) % 60)}`;
  return withSeconds ? `${clock}:${two(at % 60)}` : clock;
}

export function moment(at, wall) {
  if (!wall) return `${time(at, false)} of the trace`;
  return new Date(at * 1000).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
}

// A reading as [text, why it is unknown].
export function quantity(reading, unit) {
  if (reading && reading.value !== null && reading.value !== undefined) {
    return [unit(reading.value), null];
  }
  const age = reading?.age_seconds ? ` (${seconds(reading.age_seconds)} old)` : '';
  return [el('span', { class: 'unknown' }, 'unknown'), `${reading?.why ?? 'not read'}${age}`];
}

// A reading in a cell, with the reason within reach of a pointer and of a screen reader.
export function inline(reading, unit) {
  const [text, why] = quantity(reading, unit);
  if (why === null) return el('span', { class: 'number' }, text);
  return el('span', { class: 'unknown', title: why }, 'unknown',
      el('span', { class: 'unseen' }, `: ${why}`));
}
