// Two versions of a sheet: side by side, over each other, or in turn; from one changed place to the next by key.
"use strict";
(() => {
  const sheets = document.getElementById("sheets");
  if (!sheets) return;
  const BLINK_MS = 700; // as astronomers do it: slow enough to see each, fast enough to see what jumps
  const ways = document.querySelector(".ways");
  let timer = 0;
  let place = 0;

  ways.hidden = false;
  document.querySelectorAll(".ways [data-way]").forEach((button) => button.addEventListener("click", () => show(button.dataset.way)));

  function show(way) {
    clearInterval(timer);
    sheets.dataset.way = way;
    sheets.classList.remove("is-second");
    ways.querySelectorAll("[data-way]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.way === way)));
    // who asked for no moving pictures turns them over by the key
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (way === "blink" && !still) timer = setInterval(() => sheets.classList.toggle("is-second"), BLINK_MS);
  }

  function go(step) {
    const all = [...document.querySelectorAll(".place-list li")];
    if (!all.length) return;
    place = place === 0 && step < 0 ? all.length : (place - 1 + step + all.length) % all.length + 1;
    document.querySelectorAll("[data-place]").forEach((one) => one.classList.toggle("is-here", one.dataset.place === String(place)));
    all[place - 1].focus({ preventScroll: true });
    [...document.querySelectorAll(`.place[data-place="${place}"]`)].find((one) => one.getClientRects().length)?.scrollIntoView({ block: "center" });
  }

  document.querySelectorAll(".place-list li").forEach((row) => row.addEventListener("click", () => {
    place = Number(row.dataset.place) - 1;
    go(1);
  }));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "b" && sheets.dataset.way === "blink") sheets.classList.toggle("is-second");
    else document.querySelector(`[data-key="${CSS.escape(event.key)}"]`)?.click();
  });
})();
