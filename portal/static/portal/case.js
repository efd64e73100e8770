// The case page: which entry is selected, which page is shown, what lights up, and the keys.
"use strict";
(() => {
  const AWAY = 503; // a store or a disk is away: the answer says so in JSON
  const SAID_SECONDS = 9; // long enough to read and to undo
  const AGAIN_MS = 200; // a poll takes about as long; until somebody has finished typing this costs nothing
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const list = find(".pane-list");
  const words = find(".case").dataset;
  let selected = "";
  let scroll = 0;
  let opened = [];
  let focused = "";

  const rows = () => all(".row");
  const currentRow = () => (selected ? document.getElementById(`row-${selected}`) : null);

  function select(entry, { open = true, scrollTo = false } = {}) {
    selected = entry;
    rows().forEach((row) => {
      const mine = row.dataset.entry === entry;
      row.classList.toggle("is-selected", mine);
      const reading = find(".reading", row);
      if (reading && open) reading.open = mine;
    });
    const row = currentRow();
    if (row && scrollTo) row.scrollIntoView({ block: "nearest" });
  }

  function markShownPage() {
    const sheet = find(".sheet");
    const page = sheet ? sheet.dataset.page : "";
    all(".thumb, .page-number").forEach((one) => one.classList.toggle("is-shown", one.dataset.page === page));
    const thumb = find(".thumb.is-shown");
    if (thumb) thumb.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  function heat(id, on) {
    const mark = id && document.getElementById(id);
    if (mark) mark.classList.toggle("is-hot", on);
  }

  let certificate = find("#decision")?.dataset.show;
  let report = find(".verdict")?.dataset.report;

  // A new report brings new evidence: the page on the screen is fetched again with it. Who has chosen nothing yet is
  // shown the first thing that is wrong.
  function showNewEvidence() {
    const view = find("#decision")?.dataset.show;
    if (view && view !== certificate) htmx.ajax("GET", view, { target: "#viewer" });
    certificate = view;
    const now = find(".verdict").dataset.report;
    const changed = now !== report;
    report = now;
    const wrong = find('.row[data-state="defective"][data-page]');
    if (changed && !selected && wrong) {
      select(wrong.dataset.entry, { scrollTo: true });
      find(".row-main", wrong).click();
      return;
    }
    const sheet = find(".sheet");
    const thumb = sheet ? find(`.thumb[data-page="${sheet.dataset.page}"]`) : null;
    if (sheet && !changed) return;
    const next = thumb || find(".thumb");
    if (sheet && !next) location.reload(); // the last file was withdrawn
    if (next) htmx.ajax("GET", next.getAttribute("hx-get"), { target: "#viewer" });
  }

  // A place named in the list: its page is fetched if another is shown, and the place lights up.
  const LIT_SECONDS = 2.5;
  let wanted = "";
  function light(id) {
    const mark = id && document.getElementById(id);
    if (!mark) return;
    heat(id, true);
    if (find(".sheet.is-zoomed")) mark.scrollIntoView({ block: "center" });
    setTimeout(() => heat(id, false), LIT_SECONDS * 1000);
  }
  function goTo(page, mark) {
    if (find(".sheet")?.dataset.page === page) return light(mark);
    wanted = mark || "";
    htmx.ajax("GET", `${words.base}page/${page}`, { target: "#viewer" });
  }

  // -- what htmx brings ---------------------------------------------------------------------------------------------
  // What was typed, chosen or ticked and not sent yet stays as it is when the list is brought anew.
  let unsent = [];
  const isChanged = (one) => one.type === "checkbox" ? one.checked !== one.defaultChecked
    : one.tagName === "SELECT" ? one.selectedIndex > 0 : one.value !== one.defaultValue;
  function keepUnsent() {
    unsent = all("#live :is(input, select, textarea)[id]").filter(isChanged).map((one) => [one.id, one.value, one.checked]);
  }
  function giveBackUnsent() {
    unsent.forEach(([id, value, checked]) => {
      const one = document.getElementById(id);
      if (!one) return;
      if (one.type === "checkbox") one.checked = checked;
      else one.value = value;
    });
    unsent = [];
  }

  // How to find what has the focus again after the list was brought anew.
  function selectorOf(one) {
    const row = one && one.closest("#live .row");
    if (row && one.classList.contains("row-main")) return `#${row.id} .row-main`;
    if (row && one.dataset.field) return `#${row.id} .edit[data-field="${CSS.escape(one.dataset.field)}"]`;
    const question = one && one.closest(".question");
    return question ? `#${question.id} .option, .question:not(.is-answered) .option, #situation summary` : one?.id && one.closest("#live") ? `#${CSS.escape(one.id)}` : "";
  }
  const isLive = (target) => target && target.id === "live";

  document.addEventListener("htmx:beforeRequest", (event) => {
    // A poll must not close the list that somebody is choosing from, nor take away what is being typed or dragged.
    const busy = find("#live :is(select, textarea, input:not([type=checkbox], [type=radio])):focus, #live .editing, body.is-dragging");
    if (isLive(event.detail.elt) && event.detail.elt === event.target && busy) event.preventDefault();
  });
  // The list as it is now. While a poll is on its way this is dropped by htmx, and asked again: the poll may be older.
  let asking = 0;
  function bring() {
    const live = find("#live");
    let sent = false;
    live.addEventListener("htmx:beforeSend", () => { sent = true; }, { once: true });
    htmx.ajax("GET", live.getAttribute("hx-get"), { source: live, target: live, swap: "outerHTML" });
    clearTimeout(asking);
    if (!sent) asking = setTimeout(bring, AGAIN_MS);
  }
  document.addEventListener("list:changed", bring);

  // An answer may come when another one has already brought the list anew: of an act it goes into the list that is there
  // now, of a look it is asked again. The event is met at the old list, for nothing rises from what left the page.
  htmx.onLoad((part) => {
    const live = isLive(part) ? part : find("#live", part);
    live?.addEventListener("htmx:beforeSwap", (event) => {
      if (live.isConnected || event.target !== live) return;
      if (event.detail.requestConfig.elt === live) {
        event.detail.shouldSwap = false;
        bring();
      } else {
        event.detail.target = find("#live");
        beforeList();
      }
    });
  });
  function beforeList() {
    scroll = list.scrollTop;
    keepUnsent();
    opened = all("details[id]").map((one) => [one.id, one.open]);
    focused = selectorOf(document.activeElement);
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status >= 400) event.detail.shouldSwap = event.detail.xhr.status !== AWAY && event.detail.xhr.responseText.length > 0 && !isLive(event.detail.target);
    if (isLive(event.detail.target)) beforeList();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (find("#live") && (isLive(event.detail.elt) || isLive(event.detail.target))) {
      opened.forEach(([id, open]) => {
        const one = document.getElementById(id);
        if (one) one.open = open;
      });
      giveBackUnsent();
      select(selected, { open: false });
      list.scrollTop = scroll;
      if (focused && document.activeElement === document.body) find(focused)?.focus({ preventScroll: true });
      showNewEvidence();
    }
    markShownPage();
    if (wanted && document.getElementById(wanted)) { light(wanted); wanted = ""; }
  });

  let timer = 0;
  document.addEventListener("htmx:oobAfterSwap", () => {
    clearTimeout(timer);
    const said = find("#said .said");
    if (said && !said.classList.contains("said-error")) timer = setTimeout(() => said.remove(), SAID_SECONDS * 1000);
  });

  // The server may be away for a while: said once, and taken back when it answers again.
  function sayOffline(words) {
    const place = find("#said");
    const box = Object.assign(document.createElement("div"), { className: "said said-error is-network" });
    box.append(Object.assign(document.createElement("p"), { textContent: words }));
    place.replaceChildren(box);
  }
  document.addEventListener("htmx:sendError", () => sayOffline(words.wAway));
  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (status >= 500) sayOffline(status === AWAY ? JSON.parse(responseText).message : words.wBroken);
  });
  document.addEventListener("htmx:afterOnLoad", () => find("#said .is-network")?.remove());

  // -- mouse -----------------------------------------------------------------------------------------------------------
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest(".said").remove();
    const row = event.target.closest(".row");
    if (row) select(row.dataset.entry, { open: Boolean(event.target.closest(".row-main")) });
    const thumb = event.target.closest(".thumb");
    if (thumb && thumb.dataset.entry) select(thumb.dataset.entry, { scrollTo: true });
    if (event.target.closest('[data-key="zoom"]') || event.target.closest(".sheet-page")) zoom();
    const place = event.target.closest("[data-goto]");
    if (place && !event.target.closest(".edit, form")) goTo(place.dataset.goto, place.dataset.mark);
    const mark = event.target.closest(".mark");
    if (mark && mark.dataset.entry) select(mark.dataset.entry, { scrollTo: true });
  });
  for (const [kind, on] of [["mouseover", true], ["mouseout", false]]) {
    document.addEventListener(kind, (event) => {
      const one = event.target.closest("#live [data-mark]");
      if (one) heat(one.dataset.mark, on);
    });
  }

  function zoom() {
    const sheet = find(".sheet");
    if (sheet) sheet.classList.toggle("is-zoomed");
  }

  // -- keys ---------------------------------------------------------------------------------------------------------
  function move(step) {
    const known = rows();
    if (!known.length) return;
    const at = known.findIndex((row) => row.dataset.entry === selected);
    const next = known[Math.max(0, Math.min(known.length - 1, at + step))];
    select(next.dataset.entry, { scrollTo: true });
    find(".row-main", next).focus({ preventScroll: true });
  }
  const press = (selector, root = document) => {
    const one = root && find(selector, root);
    if (one && !one.disabled) one.click();
  };
  function edit() {
    const row = currentRow();
    const reading = row && find(".reading", row);
    if (!reading) return;
    reading.open = true;
    press(".edit", reading);
  }
  function ask() {
    const situation = find("#situation");
    if (!situation) return;
    situation.open = true;
    if (!find(".question:not(.is-answered)", situation)) find("#all-questions").open = true;
    (find(".question:not(.is-answered) .option", situation) || find(".option", situation))?.focus();
  }
  const keys = {
    j: () => move(1),
    ArrowDown: () => move(1),
    k: () => move(-1),
    ArrowUp: () => move(-1),
    ArrowLeft: () => press('[data-key="before"]'),
    ArrowRight: () => press('[data-key="after"]'),
    Enter: () => press(".row-main", currentRow()),
    a: () => press("[data-accept]", currentRow()?.querySelector("[data-accept]") ? currentRow() : document),
    A: () => press('[data-key="accept-all"]'),
    m: () => press('[data-key="move"]'),
    s: () => press('[data-key="split"]'),
    e: edit,
    q: ask,
    r: () => press("#repeats-link"),
    o: () => press("#pick-files"),
    u: () => press(find("#undo") ? "#undo" : '[data-key="undo"]'), // a parallel case undoes from its message
    z: zoom,
    "?": () => find("#keys").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (find("dialog[open]") || event.target.closest("input, select, textarea")) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "z") { event.preventDefault(); return press("#undo"); }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && event.target.closest("button, a, summary")) return; // it does that by itself
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  markShownPage();
  const shown = find(".sheet");
  if (shown && shown.dataset.entry) select(shown.dataset.entry);
})();
