// Any moment of what is kept: a slider, and a button that plays it.
import { el } from './dom.js';
import { moment } from './format.js';

const FRAME_MS = 250;
// A day in a minute and a half; an hour in four seconds at least.
const FRAMES = 240;

export class Replay {
  constructor(show) {
    this.show = show;
    this.slider = el('input', { type: 'range', min: '0', max: '0', step: '1', value: '0',
      'aria-label': 'Moment that is shown', oninput: () => this.pick(Number(this.slider.value)) });
    this.play = el('button', { type: 'button', onclick: () => this.toggle() }, 'Play');
    this.live = el('button', { type: 'button', 'aria-pressed': 'true',
      onclick: () => this.follow() }, 'Newest');
    this.said = el('span', { class: 'number soft' });
    this.node = el('div', { class: 'tools', role: 'group', 'aria-label': 'Replay' },
        this.play, this.slider, this.live, this.said);
    this.at = null;
    this.times = [];
  }

  update(times, wall) {
    this.times = times;
    this.wall = wall;
    this.slider.max = String(Math.max(0, times.length - 1));
    if (this.at === null) this.slider.value = this.slider.max;
    this.say();
  }

  say() {
    const at = this.at ?? this.times[this.times.length - 1];
    const text = at === undefined ? '' : moment(at, this.wall);
    this.said.textContent = text;
    this.slider.setAttribute('aria-valuetext', text);
    this.live.setAttribute('aria-pressed', String(this.at === null));
  }

  pick(index) {
    this.at = this.times[index];
    this.slider.value = String(index);
    this.say();
    this.show(this.at);
  }

  follow() {
    this.stop();
    this.at = null;
    this.slider.value = this.slider.max;
    this.say();
    this.show(null);
  }

  toggle() {
    if (this.timer) {
      this.stop();
      return;
    }
    if (this.at === null || Number(this.slider.value) >= this.times.length - 1) this.pick(0);
    this.play.textContent = 'Pause';
    const step = Math.max(1, Math.round(this.times.length / FRAMES));
    this.timer = setInterval(() => {
      const next = Number(this.slider.value) + step;
      if (next >= this.times.length) this.stop();
      else this.pick(next);
    }, FRAME_MS);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    this.play.textContent = 'Play';
  }
}
