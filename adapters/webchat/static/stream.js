// Live updates: one stream of events, taken up where it broke.

const longest = 15000;

// follow calls handle.entry, handle.private and handle.reset, and handle.state with "connecting", "live" or "lost".
// It returns a function that starts over as somebody else.
export function follow(position, handle) {
  let source, timer, as, last = position, wait = 1000;

  function open() {
    clearTimeout(timer);
    source?.close();
    const query = new URLSearchParams({ html: 1, last });
    if (as) query.set("as", as);
    source = new EventSource("/api/v1/events?" + query);
    source.onopen = () => {
      wait = 1000;
      handle.state("live");
    };
    source.onerror = () => {
      handle.state("lost");
      // The browser tries again by itself unless the server has answered with a refusal.
      if (source.readyState === EventSource.CLOSED) {
        timer = setTimeout(open, wait);
        wait = Math.min(wait * 2, longest);
      }
    };
    for (const kind of ["entry", "private", "reset"]) {
      source.addEventListener(kind, (e) => {
        if (e.lastEventId) last = e.lastEventId;
        handle[kind](JSON.parse(e.data));
      });
    }
  }

  // Browsers allow six connections to a server: hidden pages leave theirs to the visible one after a while.
  let hidden;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(async () => {
        if (!(await keepSlot())) source?.close();
      }, 20000);
    } else if (source?.readyState === EventSource.CLOSED) {
      open();
    }
  });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (e) => e.persisted && open());

  return (who) => {
    as = who;
    handle.state("connecting");
    open();
  };
}

// keepSlot says whether a hidden page may keep its stream: three may, so that their titles stay up to date.
let slot;
function keepSlot() {
  if (slot || !navigator.locks) return true;
  return new Promise((answer) => {
    let left = 3;
    for (let i = 0; i < 3; i++) {
      navigator.locks.request("gonogo-stream-" + i, { ifAvailable: true }, (lock) => {
        left--;
        if (lock && !slot) {
          slot = lock;
          answer(true);
          return new Promise(() => {}); // until the page is closed
        }
        if (left === 0) answer(Boolean(slot));
      });
    }
  });
}
