"use strict";
// Steps through one interleaving. Everything that is shown was worked out before (moments.py); this picks the moment.
// Whatever comes from the answer is set as text, never as markup.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (name) => document.getElementById(name);
const all = (selector) => Array.from(document.querySelectorAll(selector));
const rows = all("tr[data-step]");
const slider = byId("slider");
const sideBySide = window.matchMedia("(min-width: 60.01rem)");

let stops = [];
let at = 0; // how many of `stops` are done

// ---- which steps there are to stop at

function choose(every) {
  const done = at === 0 ? -1 : stops[at - 1];
  stops = every ? data.every : data.telling;
  at = stops.filter((step) => step <= done).length;
  slider.max = stops.length;
  rows.forEach((row) => (row.hidden = true));
  stops.forEach((step, place) => {
    rows[step].hidden = false;
    rows[step].querySelector(".source").hidden = place > 0 && sameLine(stops[place - 1], step);
    const button = rows[step].querySelector("button");
    button.textContent = place + 1;
    button.setAttribute("aria-label", `To step ${place + 1}`);
    button.onclick = () => go(place + 1);
  });
}

function sameLine(one, other) {
  return ["thread", "place", "source"].every((part) => data.steps[one][part] === data.steps[other][part]);
}

function go(place) {
  at = Math.min(Math.max(place, 0), stops.length);
  show();
}

// ---- showing one moment

function show() {
  const done = at === 0 ? -1 : stops[at - 1];
  const atTheEnd = at === stops.length;
  const moment = data.moments[atTheEnd ? data.moments.length - 1 : done + 1];
  slider.value = at;
  byId("first").disabled = byId("back").disabled = at === 0;
  byId("last").disabled = byId("on").disabled = atTheEnd;
  document.querySelector(".ending").classList.toggle("future", !atTheEnd);
  showRows(done);
  showSentence(done);
  showThreads(moment);
  showValues(moment, done);
  showLocks(moment);
  showSource(moment, done);
}

function showRows(done) {
  rows.forEach((row, step) => {
    row.classList.toggle("future", step > done);
    row.classList.toggle("current", step === done);
    if (step === done) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  });
  if (done >= 0 && sideBySide.matches) keepInView(rows[done]);
}

function showSentence(done) {
  const now = byId("now");
  now.replaceChildren();
  if (done < 0) {
    now.textContent = `Before the first of ${stops.length} steps. Right arrow: one step on; End: to the end.`;
    slider.setAttribute("aria-valuetext", "before the first step");
    return;
  }
  const step = data.steps[done];
  const who = make("span", `who t${step.thread % 6}`, data.threads[step.thread]);
  const words = `, ${step.place ? `${step.place}: ` : ""}${step.did}${step.note ? ` (${step.note})` : ""}`;
  now.append(`${at} of ${stops.length}: `, who, words);
  slider.setAttribute("aria-valuetext", now.textContent);
}

function showThreads(moment) {
  all("tr[data-thread] .stand").forEach((cell, thread) => {
    const { says, next, waits } = moment.threads[thread];
    const place = next < 0 ? "" : data.steps[next].place;
    cell.textContent = place ? `${says} (${place})` : says;
    cell.classList.toggle("waits", waits);
  });
}

function showValues(moment, done) {
  all("tr[data-value]").forEach((row, number) => {
    const now = valueAt(moment.values[number]);
    const cell = row.querySelector(".now");
    cell.textContent = now;
    cell.classList.toggle("fresh", done >= 0 && moment.values[number] === done);
    row.querySelectorAll(".known").forEach((known, thread) => {
      const step = moment.known[number][thread];
      known.textContent = step < 0 ? "-" : valueAt(step);
      known.classList.toggle("old", step >= 0 && moment.threads[thread].next >= 0 && valueAt(step) !== now);
    });
  });
}

function showLocks(moment) {
  all("tr[data-lock]").forEach((row, number) => {
    const owner = moment.owners[number];
    const holder = owner < 0 ? "free" : data.threads[owner];
    row.querySelector(".owner").textContent = data.signals[number] ? "-" : holder;
    const waiting = row.querySelector(".waiting");
    waiting.textContent = moment.waiting[number].map((thread) => data.threads[thread]).join(", ") || "nobody";
    waiting.classList.toggle("waits", moment.waiting[number].length > 0);
  });
}

function showSource(moment, done) {
  all(".codeline.current").forEach((line) => line.classList.remove("current"));
  all(".marks").forEach((marks) => marks.replaceChildren());
  moment.threads.forEach(({ next, waits }, thread) => {
    if (next >= 0) mark(thread, next, waits ? "waits" : "next", waits ? "stuck" : "");
  });
  const { thread, anchor } = data.steps[done < 0 ? stops[0] : done];
  const line = anchor ? byId(anchor) : null;
  if (line) keepInView(line, line.parentElement);
  if (done < 0) return;
  if (moment.threads[thread].next !== done) mark(thread, done, "now", "just");
  if (line) line.classList.add("current");
}

// ---- small things

function mark(thread, step, word, kind) {
  const anchor = data.steps[step].anchor;
  const line = anchor ? byId(anchor) : null;
  if (line) line.querySelector(".marks").prepend(make("span", `mark-thread t${thread % 6} ${kind}`, `${data.threads[thread]} ${word}`));
}

function make(element, className, text) {
  const made = document.createElement(element);
  made.className = className;
  made.textContent = text;
  return made;
}

function valueAt(step) {
  return step < 0 ? "?" : data.steps[step].value || "?";
}

function keepInView(element, box) {
  if (!box) {
    const { top, bottom } = element.getBoundingClientRect();
    const covered = byId("controls").getBoundingClientRect().bottom;
    if (top < covered || bottom > window.innerHeight) element.scrollIntoView({ block: "center" });
  } else {
    box.scrollTop += element.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 2;
  }
}

// ---- what a person does

const KEYS = { ArrowLeft: () => at - 1, ArrowRight: () => at + 1, Home: () => 0, End: () => stops.length };

document.addEventListener("keydown", (event) => {
  if (!(event.key in KEYS) || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(KEYS[event.key]());
});
slider.addEventListener("input", () => go(Number(slider.value)));
byId("first").addEventListener("click", () => go(0));
byId("back").addEventListener("click", () => go(at - 1));
byId("on").addEventListener("click", () => go(at + 1));
byId("last").addEventListener("click", () => go(stops.length));
byId("every").addEventListener("change", (event) => {
  choose(event.target.checked);
  show();
});

byId("controls").hidden = false;
byId("state").hidden = false;
choose(false);
show();
