// Moving a document or a page to another entry: dragged with the mouse, or picked from a list with the keys.
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const base = find(".case").dataset.base;
  const post = (path, values) => htmx.ajax("POST", base + path, { values, target: "#live", swap: "outerHTML" });

  // What can be moved: {material, page, pages, upload, name}; `page` is the number of a single page, else empty.
  const ofSheet = () => {
    const sheet = find(".sheet[data-material]");
    return sheet && { ...sheet.dataset, page: sheet.dataset.number };
  };

  function file(what, entry) { post(`material/${what.material}/refile`, { type: entry, page: what.single ? what.page : "" }); }
  function join(what, into) { post(`material/${what.material}/join`, { into }); }

  // -- with the mouse ------------------------------------------------------------------------------------------------
  let dragged = null;
  const target = (event) => event.target.closest(".document[data-material], .row, .loose");
  const joins = (place) => place.matches(".document[data-material]") && place.dataset.upload === dragged.upload && !dragged.single;
  function over(place) { all(".is-target").forEach((one) => { if (one !== place) one.classList.remove("is-target"); }); if (place) place.classList.add("is-target"); }
  function landing(event) {
    const place = dragged && target(event);
    if (!place) return null;
    if (place.dataset.material && place.dataset.material === dragged.material) return null; // onto itself
    return joins(place) ? place : place.closest(".row, .loose");
  }

  document.addEventListener("dragstart", (event) => {
    const one = event.target.closest && event.target.closest('[draggable="true"]');
    if (!one || !one.dataset.material) return;
    const single = one.classList.contains("thumb");
    const own = find(`.document[data-material="${one.dataset.material}"]`);
    dragged = { ...(own ? own.dataset : {}), ...one.dataset, single, page: one.dataset.number || "" };
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", one.dataset.name || one.title);
    document.body.classList.add("is-dragging");
  });
  document.addEventListener("dragover", (event) => {
    if (!dragged) return;
    const place = landing(event);
    over(place);
    if (place) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!dragged) return;
    const place = landing(event);
    const what = dragged;
    end();
    if (!place) return;
    event.preventDefault();
    if (place.matches(".document")) join(what, place.dataset.material);
    else file(what, place.dataset.entry);
  });
  document.addEventListener("dragend", end);
  function end() { dragged = null; over(null); document.body.classList.remove("is-dragging"); }

  // -- with the keys --------------------------------------------------------------------------------------------------
  const box = find("#move");
  const filter = find("#move-filter");
  const list = find("#move-list");
  const words = box.dataset;
  let what = null;
  let choices = [];
  let at = 0;

  function open() {
    what = ofSheet();
    if (!what) return;
    const several = what.pages.split(" ").length > 1;
    find("#move-document").textContent = what.name;
    find("#move-page").textContent = `${words.wPage}${what.page}${words.wPages}`;
    find("#move-one").hidden = !several;
    find('[name="move-what"][value="document"]').checked = true;
    filter.value = "";
    show();
    box.showModal();
    filter.focus();
  }

  function offered() {
    const entries = all(".row").map((row) => ({ entry: row.dataset.entry, text: find(".row-name", row).textContent.trim() }));
    const near = all(`.document[data-upload="${what.upload}"]`).filter((one) => one.dataset.material && one.dataset.material !== what.material);
    const whole = !find('[name="move-what"][value="page"]').checked;
    const documents = whole ? near.map((one) => ({ into: one.dataset.material, text: `${words.wJoin} ${one.dataset.name}` })) : [];
    return [...entries, { entry: "", text: words.wLoose }, ...documents];
  }

  function show() {
    const wanted = filter.value.trim().toLowerCase();
    const matches = offered().filter((one) => one.text.toLowerCase().includes(wanted));
    const exact = matches.filter((one) => one.text.startsWith(`${wanted}.`)); // a number typed is that entry, not 1, 10, 11
    choices = [...exact, ...matches.filter((one) => !exact.includes(one))];
    at = 0;
    list.replaceChildren(...choices.map((one, n) => {
      const line = Object.assign(document.createElement("li"), { id: `move-${n}`, textContent: one.text });
      line.setAttribute("role", "option");
      line.addEventListener("click", () => { at = n; choose(); });
      return line;
    }));
    point();
  }

  function point() {
    [...list.children].forEach((line, n) => line.setAttribute("aria-selected", String(n === at)));
    filter.setAttribute("aria-activedescendant", choices.length ? `move-${at}` : "");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  function choose() {
    const chosen = choices[at];
    if (!chosen) return;
    box.close();
    what.single = find('[name="move-what"][value="page"]').checked;
    if (chosen.into) join(what, chosen.into);
    else file(what, chosen.entry);
  }

  filter.addEventListener("input", show);
  all('[name="move-what"]').forEach((one) => one.addEventListener("change", show));
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.target.type !== "radio") { event.preventDefault(); at = Math.max(0, Math.min(choices.length - 1, at + step)); point(); }
    if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); choose(); }
  });

  function split() {
    const sheet = ofSheet();
    if (sheet) post(`material/${sheet.material}/split`, { first: sheet.page });
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-key="move"]')) open();
    if (event.target.closest('[data-key="split"]')) split();
  });
})();
