// The archive by keyboard: / goes to the search, j and k walk through the rows, Enter opens or presses.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-walk] tbody tr")].filter((row) => row.querySelector(".row-link"));
  const typing = (target) => target.closest("input, select, textarea");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const box = document.querySelector('[data-key="find"]');
      if (box) { event.preventDefault(); box.focus(); box.select(); }
      return;
    }
    if (event.key !== "j" && event.key !== "k") return;
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.contains(document.activeElement));
    const next = all[Math.min(all.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
    next.querySelector(".row-link").focus();
    next.scrollIntoView({ block: "nearest" });
  });
})();
