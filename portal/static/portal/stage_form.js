// The stage form: looking at the origin of the value that is being filled in, choosing another one, saving by Enter.
"use strict";
(() => {
  const SAID_SECONDS = 9; // long enough to read and to undo
  const find = (selector, root = document) => root.querySelector(selector);
  let current = "";
  let timer = 0;

  // Whoever comes to a value sees the page it was read from.
  document.addEventListener("focusin", (event) => {
    const line = event.target.closest(".form-line");
    if (!line || event.target.tagName !== "INPUT" || line.dataset.field === current) return;
    current = line.dataset.field;
    find("[data-evidence]", line)?.click();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest(".said").remove();
    const use = event.target.closest("[data-use]");
    if (use) {
      const line = use.closest(".form-line");
      find("input", line).value = use.dataset.use;
      line.requestSubmit();
    }
    const sheet = event.target.closest(".sheet");
    if (sheet && (event.target.closest('[data-key="zoom"]') || event.target.closest(".sheet-page"))) sheet.classList.toggle("is-zoomed");
  });

  // After saving, the next value: a form is filled in from top to bottom.
  let next = "";
  document.addEventListener("htmx:beforeRequest", (event) => {
    const line = event.detail.elt.closest(".form-line");
    if (!line || event.detail.elt !== line) return;
    const all = [...document.querySelectorAll(".form-line")];
    next = all[all.indexOf(line) + 1]?.dataset.field || line.dataset.field;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const list = find(".pane-list");
    if (next && find("#live") && event.detail.target.id === "live") {
      const line = document.getElementById(`line-${next}`);
      next = "";
      if (line) find("input", line).focus();
      else list.focus();
    }
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    clearTimeout(timer);
    const said = find("#said .said");
    if (said && !said.classList.contains("said-error")) timer = setTimeout(() => said.remove(), SAID_SECONDS * 1000);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "u") find('[data-key="undo"]')?.click();
    if (event.key === "z") find(".sheet")?.classList.toggle("is-zoomed");
  });
})();
