// The messages of the channel that is open. The server renders every message; what people wrote is never made markup here.

const list = document.getElementById("timeline");
const empty = document.getElementById("empty");
const newer = document.getElementById("newer");
const news = document.getElementById("news");
const byID = new Map();
let unseen = 0;
let me = {};

function parse(html) {
  const t = document.createElement("template");
  t.innerHTML = html;
  return t.content.querySelector("article");
}

const atEnd = () => list.scrollHeight - list.scrollTop - list.clientHeight < 80;
let pinned = true; // to the end, when the size changes

export function toEnd() {
  list.scrollTop = list.scrollHeight;
  pinned = true;
  unseen = 0;
  newer.hidden = true;
}

function added(node, mine) {
  empty.hidden = true;
  decorate(node);
  return { node, mine, follow: mine || atEnd() };
}

function settle({ node, follow }) {
  if (follow) {
    toEnd();
  } else {
    newer.textContent = "↓ " + ++unseen + " new";
    newer.hidden = false;
  }
  return node;
}

const ids = /\b[A-Z]{1,3}-[0-9]+\b/;

// refer makes the id of another card of the channel a way to it.
function refer(node) {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  const found = [];
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (ids.test(text.data) && text.parentElement.closest(".message, .said") && !text.parentElement.closest("a, button, pre")) found.push(text);
  }
  for (let text of found) {
    for (let at = ids.exec(text.data); at; at = ids.exec(text.data)) {
      const id = at[0];
      const rest = text.splitText(at.index);
      text = rest.splitText(id.length);
      const card = list.querySelector(`article[data-card="${id}"]`);
      if (!card || card === node) continue;
      const a = document.createElement("a");
      a.className = "ref";
      a.href = "#" + id;
      rest.replaceWith(a);
      a.append(rest);
    }
  }
}

list.addEventListener("click", (e) => {
  const a = e.target.closest("a.ref");
  if (a && reveal(a.textContent)) e.preventDefault();
});

// reveal shows the card of an id; false if the channel has none.
export function reveal(id) {
  const card = list.querySelector(`article[data-card="${CSS.escape(id)}"]`);
  if (!card) return false;
  card.scrollIntoView({ block: "nearest" });
  card.focus({ preventScroll: true });
  flash(card);
  return true;
}

function flash(node) {
  node.classList.remove("flash");
  void node.offsetWidth; // lets the animation begin anew
  node.classList.add("flash");
}

function decorate(node) {
  refer(node);
  for (const m of node.querySelectorAll(".mention")) m.classList.toggle("you", m.textContent === "@" + me.name);
}

// same says whether two messages of one request tell the same.
const same = (a, b) => a.dataset.code === b.dataset.code || titleOf(a) === titleOf(b);

function titleOf(node) {
  const title = node.querySelector(".title")?.cloneNode(true);
  for (const n of title?.querySelectorAll(".sign, .hidden") ?? []) n.remove();
  return title?.textContent.trim();
}

function announce(node) {
  const who = node.querySelector(".who")?.textContent ?? "";
  news.textContent = who + ": " + (node.querySelector(".title, .said")?.textContent.trim() ?? "");
}

// adopt takes over what the server rendered with the page.
export function adopt() {
  for (const node of list.querySelectorAll("article[data-id]")) byID.set(node.dataset.id, node);
  toEnd();
}

// speaker hides what only other accounts were told; both is what the page knows of who speaks now.
export function speaker(who) {
  me = who;
  for (const node of list.querySelectorAll("article")) {
    node.hidden = Boolean(node.dataset.as && node.dataset.as !== who.handle);
    decorate(node);
  }
  toEnd();
}

// show puts other entries in place of all; what only this page has of the channel is kept.
export function show(entries, own) {
  const nodes = entries.map((e) => parse(e.html)).concat(own);
  nodes.sort((a, b) => Date.parse(a.dataset.at) - Date.parse(b.dataset.at));
  byID.clear();
  for (const n of nodes) {
    if (n.dataset.id) byID.set(n.dataset.id, n);
  }
  list.replaceChildren(...nodes);
  nodes.forEach(decorate);
  empty.hidden = nodes.length > 0;
  toEnd();
}

// put shows an entry: a known one in its place, another at the end. It returns whether it is a new one.
export function put(entry) {
  const fresh = parse(entry.html);
  const old = byID.get(entry.id);
  if (old) {
    update(old, fresh);
    return false;
  }
  byID.set(entry.id, fresh);
  const how = added(fresh, false);
  const standIn = [...list.querySelectorAll("article[data-request]")].find(
    (n) => entry.key?.includes(n.dataset.request) && same(n, fresh),
  );
  if (standIn) {
    standIn.replaceWith(fresh);
  } else {
    const last = list.lastElementChild;
    if (last && Date.parse(last.dataset.at) > Date.parse(fresh.dataset.at) + 1000) {
      let before = last;
      while (before.previousElementSibling && Date.parse(before.previousElementSibling.dataset.at) > Date.parse(fresh.dataset.at)) {
        before = before.previousElementSibling;
      }
      before.before(fresh);
    } else {
      list.append(fresh);
    }
    announce(fresh);
  }
  if (fresh.dataset.card) for (const node of list.children) refer(node);
  settle(how);
  return !standIn;
}

// update keeps the node, what was unfolded in it, the focus, and the place that the reader scrolled to.
function update(node, fresh) {
  const follow = atEnd();
  const open = [...node.querySelectorAll("details")].map((d) => d.open);
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const name = focused?.dataset.name;
  const below = node.getBoundingClientRect().bottom < list.getBoundingClientRect().top;
  const height = node.offsetHeight;
  node.className = fresh.className;
  node.dataset.at = fresh.dataset.at;
  node.dataset.code = fresh.dataset.code;
  node.replaceChildren(...fresh.childNodes);
  [...node.querySelectorAll("details")].forEach((d, i) => (d.open = open[i] ?? false));
  decorate(node);
  if (focused) {
    (name && node.querySelector(`button[data-name="${CSS.escape(name)}"]`) || node).focus({ preventScroll: true });
  }
  if (follow) list.scrollTop = list.scrollHeight;
  else if (below) list.scrollTop += node.offsetHeight - height;
  flash(node);
}

// echo shows at once what was said; the server has not answered yet.
export function echo(who, text, key) {
  const node = document.createElement("article");
  node.className = "entry line";
  node.tabIndex = -1;
  node.dataset.as = who.handle;
  node.dataset.at = new Date().toISOString();
  node.dataset.echo = key;
  const header = document.createElement("header");
  const name = document.createElement("span");
  name.className = "who";
  name.textContent = who.handle;
  const time = document.createElement("time");
  time.textContent = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  time.title = new Date().toString();
  const said = document.createElement("p");
  said.className = "said";
  said.textContent = text;
  const state = document.createElement("p");
  state.className = "state";
  state.hidden = true;
  header.append(name, " ", time);
  node.append(header, said, state);
  const how = added(node, true);
  list.append(node);
  return settle(how);
}

// state says beneath a line what has become of it; an offer is a button to do something about it.
export function state(node, text, offer) {
  const p = node.querySelector(".state");
  p.textContent = text;
  p.hidden = !text;
  p.classList.toggle("lost", Boolean(text));
  if (text) news.textContent = text;
  if (offer) {
    const b = document.createElement("button");
    b.type = "button";
    b.className = "quiet";
    b.textContent = "Ask again";
    b.addEventListener("click", offer);
    p.append(" ", b);
  }
}

// reply shows the messages of an answer after the line that asked, and returns them. Those that the channel shows too give
// way to it. The line may be in a channel that is not open: then nothing is seen yet.
export function reply(after, who, key, answer) {
  const here = after.isConnected;
  const nodes = [];
  (answer.messages ?? []).forEach((m, i) => {
    const node = parse(answer.html[i]);
    if (i === 0) {
      // The server's clock and zone, not this browser's.
      after.dataset.at = node.dataset.at;
      after.querySelector("time").replaceWith(node.querySelector("time").cloneNode(true));
    }
    const shown = !m.private && [...list.querySelectorAll("article[data-key]")].some(
      (n) => n.dataset.key.includes(key) && same(n, node),
    );
    if (shown) return;
    node.dataset.as = who.handle;
    if (!m.private) node.dataset.request = key;
    if (here) {
      const how = added(node, true);
      (nodes.at(-1) ?? after).after(node);
      settle(how);
      announce(node);
    }
    nodes.push(node);
  });
  return nodes;
}

// whisper shows an entry for the speaker alone.
export function whisper(entry, who) {
  if (byID.has(entry.id)) return put(entry);
  const node = parse(entry.html);
  node.dataset.as = who.handle;
  byID.set(entry.id, node);
  const how = added(node, false);
  list.append(node);
  settle(how);
  announce(node);
}

// own are the entries that only this page has.
export const own = () => [...list.querySelectorAll("article[data-as]")];

// step moves the focus to the next or previous message.
export function step(by) {
  const nodes = [...list.querySelectorAll("article:not([hidden])")];
  const at = nodes.indexOf(document.activeElement?.closest?.("article"));
  const next = at < 0 ? nodes.length - 1 : Math.min(Math.max(at + by, 0), nodes.length - 1);
  nodes[next]?.focus();
}

newer.addEventListener("click", () => {
  toEnd();
  list.focus();
});
list.addEventListener("scroll", () => {
  pinned = atEnd();
  if (unseen && pinned) toEnd();
});
new ResizeObserver(() => pinned && toEnd()).observe(list);
