// The page: who speaks, which channel is open, and what keys and buttons do.
import * as api from "./api.js";
import * as composer from "./composer.js";
import * as timeline from "./timeline.js";
import { follow } from "./stream.js";

const page = document.body.dataset;
const links = [...document.querySelectorAll(".channels a[data-channel]")];
const select = document.getElementById("as");
const live = document.getElementById("live");
const line = document.getElementById("line");
const own = new Map(); // channel → entries that only this page has
const unread = new Map(); // channel → {n, mine}

let me = { handle: page.me, name: page.name };
let here = page.channel;

const path = (channel) => "/c/" + encodeURIComponent(channel.replace(/^#/, ""));
const place = () => ({ as: me.handle, in: here });

// Channels

function badge(channel) {
  const link = links.find((l) => l.dataset.channel === channel);
  if (!link) return;
  const { n, mine } = unread.get(channel) ?? { n: 0, mine: false };
  const mark = link.querySelector(".unread");
  mark.hidden = n === 0;
  mark.textContent = mine ? "@" + n : n;
  mark.title = n + " unread" + (mine ? ", you are mentioned" : "");
  mark.classList.toggle("mine", mine);
  link.classList.toggle("news", n > 0);
}

function title() {
  const n = [...unread.values()].reduce((sum, u) => sum + u.n, 0);
  document.title = (n ? "(" + n + ") " : "") + here + " · gonogo";
}

function count(entry, isNew) {
  if (!isNew || (entry.channel === here && !document.hidden)) return;
  const u = unread.get(entry.channel) ?? { n: 0, mine: false };
  const mine = u.mine || (entry.message?.mentions ?? []).includes(me.name);
  unread.set(entry.channel, { n: u.n + 1, mine });
  if (entry.channel !== here) badge(entry.channel);
  title();
}

function seen() {
  unread.delete(here);
  badge(here);
  title();
}

let late; // what came while the channel was read: it may be newer than what was read

async function load() {
  const channel = here;
  const came = (late = []);
  try {
    const { entries } = await api.entries({ in: channel, n: page.most, ...(page.demo === "true" && { as: me.handle }) });
    if (late !== came) return; // it is being read anew, or another channel is
    timeline.show(entries, own.get(channel) ?? []);
    came.forEach(timeline.put);
    timeline.speaker(me);
  } catch (e) {
    state("lost", e.message);
  } finally {
    if (late === came) late = undefined;
  }
}

async function visit(channel, push) {
  if (channel === here || !links.some((l) => l.dataset.channel === channel)) return;
  own.set(here, timeline.own());
  here = channel;
  for (const l of links) {
    if (l.dataset.channel === channel) {
      l.setAttribute("aria-current", "page");
      document.getElementById("topic").textContent = l.dataset.topic;
      l.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else l.removeAttribute("aria-current");
  }
  document.getElementById("here").textContent = channel;
  if (push) history.pushState(null, "", path(channel));
  seen();
  await load();
}

for (const l of links) {
  l.addEventListener("click", (e) => {
    if (e.ctrlKey || e.metaKey || e.shiftKey || e.button) return;
    e.preventDefault();
    visit(l.dataset.channel, true);
    composer.focus();
  });
}
addEventListener("popstate", () => {
  const link = links.find((l) => l.pathname === location.pathname);
  visit(link?.dataset.channel ?? links[0]?.dataset.channel, false);
});
document.addEventListener("visibilitychange", () => !document.hidden && seen());

// Live updates

const texts = { connecting: "connecting", live: "live", lost: "connection lost, trying again" };

function state(name, text) {
  live.dataset.state = name;
  live.textContent = text ?? texts[name];
}

const seenIDs = new Set(); // of entries in channels that are not open
const connect = follow(page.position, {
  state,
  reset: load,
  entry(e) {
    if (e.channel === here) late?.push(e);
    const isNew = e.channel === here ? timeline.put(e) : !e.edited && !seenIDs.has(e.id);
    seenIDs.add(e.id);
    count(e, isNew);
  },
  private: (e) => timeline.whisper(e, me),
});

// Who speaks

function become(handle) {
  const option = [...select.options].find((o) => o.value === handle);
  if (!option) return;
  select.value = handle;
  me = { handle, name: option.dataset.name };
  document.cookie = "gonogo-as=" + encodeURIComponent(handle) + "; path=/; SameSite=Strict; max-age=31536000";
  sessionStorage.setItem("gonogo-as", handle);
  timeline.speaker(me);
  connect(handle);
}

// switchTo also words what is shown for the other one's zone.
function switchTo(handle) {
  become(handle);
  own.set(here, timeline.own());
  load();
}

// Saying and pressing

async function ask(send, request, node) {
  const who = me;
  const channel = here;
  try {
    const answer = await send(request);
    timeline.state(node, "");
    const nodes = timeline.reply(node, who, request.key, answer);
    if (!node.isConnected) own.get(channel)?.push(...nodes);
  } catch (e) {
    timeline.state(node, e.message, () => ask(send, request, node));
  }
}

composer.composer({
  place,
  submit(text) {
    const key = api.freshKey();
    ask(api.say, { ...place(), text, key }, timeline.echo(me, text, key));
  },
});

function confirmed(question, label, danger) {
  const dialog = document.getElementById("confirm");
  document.getElementById("question").textContent = question;
  const yes = document.getElementById("yes");
  yes.textContent = label;
  yes.className = danger ? "danger" : "primary";
  dialog.returnValue = "no";
  dialog.showModal();
  (danger ? document.getElementById("no") : yes).focus();
  return new Promise((answer) =>
    dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }),
  );
}

async function press(button) {
  const { token, confirm } = button.dataset;
  const label = button.textContent;
  const request = { ...place(), token, key: api.freshKey() };
  const card = button.closest("article").dataset.card;
  if (confirm && !(await confirmed(confirm, label, button.classList.contains("danger")))) return;
  // Not disabled: that would take the focus away.
  button.ariaDisabled = button.ariaBusy = "true";
  const node = timeline.echo(me, "pressed " + label + (card ? " on " + card : ""), request.key);
  await ask(api.press, request, node);
  button.ariaDisabled = button.ariaBusy = null;
}

document.getElementById("timeline").addEventListener("click", (e) => {
  const form = e.target.closest("button[data-form]");
  if (form) composer.begin(form.dataset.form);
  const button = e.target.closest("button[data-token]");
  if (button && !button.ariaBusy) press(button);
});

// Keys

const keys = document.getElementById("keys");
document.getElementById("help").addEventListener("click", () => keys.showModal());

function channelBy(step) {
  const at = links.findIndex((l) => l.dataset.channel === here);
  const next = links[(at + step + links.length) % links.length];
  if (next) visit(next.dataset.channel, true);
}

const plainKeys = {
  "/": () => composer.focus(),
  "?": () => keys.showModal(),
  j: () => timeline.step(1),
  k: () => timeline.step(-1),
  End: () => timeline.toEnd(),
};

addEventListener("keydown", (e) => {
  if (e.isComposing || e.ctrlKey || e.metaKey || document.querySelector("dialog[open]")) return;
  if (e.altKey) {
    const digit = /^Digit([1-9])$/.exec(e.code);
    if (digit && links[digit[1] - 1]) visit(links[digit[1] - 1].dataset.channel, true);
    else if (e.key === "ArrowUp") channelBy(-1);
    else if (e.key === "ArrowDown") channelBy(1);
    else return;
    e.preventDefault();
    return;
  }
  const typing = e.target.closest?.("input, select, textarea");
  if (typing && !(e.key === "?" && typing === line && composer.isEmpty())) return;
  if (plainKeys[e.key]) {
    e.preventDefault();
    plainKeys[e.key]();
  }
});

// Beginning

timeline.adopt();
timeline.speaker(me);
for (const e of document.querySelectorAll("article[data-id]")) seenIDs.add(e.dataset.id);
if (select) {
  select.addEventListener("change", () => switchTo(select.value));
  become(sessionStorage.getItem("gonogo-as") ?? me.handle);
} else {
  connect("");
}
composer.focus();
// Pages and tickets lead to a card: /#R-1.
addEventListener("hashchange", () => timeline.reveal(location.hash.slice(1)));
if (location.hash) timeline.reveal(location.hash.slice(1));
document.documentElement.dataset.ready = "true";
