// The input: history, and completion while typing.
import * as api from "./api.js";

const form = document.getElementById("say");
const input = document.getElementById("line");
const box = document.getElementById("choices");
const historyMost = 200;

let choices = [];
let chosen = -1;
let asked; // the look-up under way
let timer;
let released = false; // Esc was pressed: Tab leaves the input
let taking = false; // Enter took a completion, and is still down: it does not send as well
let back = 0; // how far back in the history the input is
let draft = "";

function close() {
  clearTimeout(timer);
  asked?.abort();
  choices = [];
  chosen = -1;
  box.hidden = true;
  box.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}

function open(lines) {
  choices = lines;
  chosen = -1;
  box.replaceChildren(
    ...lines.map((line, i) => {
      const li = document.createElement("li");
      li.id = "choice-" + i;
      li.setAttribute("role", "option");
      li.setAttribute("aria-selected", "false");
      const typed = document.createElement("span");
      typed.className = "typed";
      let n = 0;
      while (n < line.length && line[n] === input.value[n]) n++;
      typed.textContent = line.slice(0, n);
      li.append(typed, line.slice(n));
      li.addEventListener("mousedown", (e) => {
        e.preventDefault();
        take(i);
      });
      return li;
    }),
  );
  box.hidden = lines.length === 0;
  input.setAttribute("aria-expanded", String(lines.length > 0));
}

function choose(i) {
  clearTimeout(timer);
  asked?.abort();
  box.children[chosen]?.setAttribute("aria-selected", "false");
  chosen = (i + choices.length) % choices.length;
  const li = box.children[chosen];
  li.setAttribute("aria-selected", "true");
  li.scrollIntoView({ block: "nearest" });
  input.setAttribute("aria-activedescendant", li.id);
}

function take(i) {
  set(choices[i]);
  close();
  if (input.value.endsWith(" ")) look();
}

function set(text) {
  input.value = text;
  input.setSelectionRange(text.length, text.length);
  input.scrollLeft = input.scrollWidth;
}

const common = (lines) =>
  lines.reduce((a, b) => {
    let n = 0;
    while (n < a.length && a[n] === b[n]) n++;
    return a.slice(0, n);
  });

export function composer({ place, submit }) {
  // look asks how the line could go on; with tab what is certain is filled in.
  async function find(tab) {
    clearTimeout(timer);
    asked?.abort();
    const mine = (asked = new AbortController());
    const text = input.value;
    let lines;
    try {
      ({ lines } = await api.complete({ ...place(), text }, mine.signal));
    } catch {
      return;
    }
    if (mine.signal.aborted || input.value !== text) return;
    lines = lines.filter((l) => l !== text);
    if (tab && lines.length === 1) {
      set(lines[0]);
      close();
      if (input.value.endsWith(" ")) look();
      return;
    }
    if (tab && lines.length > 1 && common(lines).length > text.length && common(lines).startsWith(text)) set(common(lines));
    open(lines);
    if (tab && lines.length === 0) released = true;
  }
  look = () => {
    clearTimeout(timer);
    timer = setTimeout(() => find(false), 90);
  };

  input.addEventListener("input", () => {
    released = false;
    back = 0;
    if (!input.value.startsWith("/")) return close();
    // What no longer fits is gone at once, so that Tab never takes it; what else fits is asked for.
    if (choices.length > 0) open(choices.filter((l) => l.startsWith(input.value) && l !== input.value));
    look();
  });

  input.addEventListener("blur", close);

  input.addEventListener("keydown", (e) => {
    if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    const listed = choices.length > 0;
    switch (e.key) {
      case "Tab":
        if (released || input.value === "" || (e.shiftKey && !listed)) return close();
        e.preventDefault();
        if (!listed) find(true);
        else if (e.shiftKey) choose(chosen < 0 ? choices.length - 1 : chosen - 1);
        else if (choices.length === 1) take(0);
        else if (chosen < 0 && common(choices).length > input.value.length && common(choices).startsWith(input.value)) {
          set(common(choices));
          find(true);
        } else choose(chosen + 1);
        return;
      case "ArrowDown":
        e.preventDefault();
        if (listed) choose(chosen + 1);
        else recall(-1);
        return;
      case "ArrowUp":
        e.preventDefault();
        if (listed && chosen >= 0) choose(chosen - 1);
        else {
          close();
          recall(1);
        }
        return;
      case "Enter":
        if (listed && chosen >= 0) {
          e.preventDefault();
          taking = true;
          take(chosen);
        }
        return;
      case "Escape":
        released = true;
        close();
        return;
    }
    released = false;
  });

  // recall goes through what was said before; the draft waits at the near end.
  function recall(by) {
    const said = remembered(place().as);
    const next = Math.min(Math.max(back + by, 0), said.length);
    if (next === back) return;
    if (back === 0) draft = input.value;
    back = next;
    set(back === 0 ? draft : said[said.length - back]);
  }

  input.addEventListener("keyup", () => (taking = false));

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    if (taking) return;
    const text = input.value.trim();
    if (!text) return;
    remember(place().as, text);
    input.value = draft = "";
    back = 0;
    close();
    submit(text);
  });
}

let look = () => {};

const storeKey = (as) => "gonogo-said-" + as;

function remembered(as) {
  try {
    return JSON.parse(sessionStorage.getItem(storeKey(as))) ?? [];
  } catch {
    return [];
  }
}

function remember(as, text) {
  const said = remembered(as).filter((t) => t !== text);
  said.push(text);
  try {
    sessionStorage.setItem(storeKey(as), JSON.stringify(said.slice(-historyMost)));
  } catch {
    // without room the history is as long as it was
  }
}

// begin puts the beginning of a command into the input, to be completed.
export function begin(line) {
  input.focus();
  set(line + " ");
  look();
}

export function focus() {
  input.focus();
}

export const isEmpty = () => input.value === "";
