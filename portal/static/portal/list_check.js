// The drawing list against the sheets: from one disagreement to the next by key, the focus is on its link.
"use strict";
(() => {
  const links = [...document.querySelectorAll("#list-check tbody tr")].map((row) => row.querySelector("[data-finding]"));
  if (!links.length) return;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    links[here < 0 && step < 0 ? links.length - 1 : (here + step + links.length) % links.length].focus();
  });
})();
