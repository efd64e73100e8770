// Two documents side by side: keys, the next difference, and both pages moving together.
"use strict";
(() => {
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const pair = find("[data-pair]");
  let at = -1;

  function press(key) {
    const one = find(`[data-key="${key}"]`);
    if (one && !one.disabled && one.getAttribute("aria-disabled") !== "true") one.click();
  }
  const zoom = (on) => pair && pair.classList.toggle("is-zoomed", on);

  // The next place that differs, on both pages at once; after the last of the page, the next page that has one.
  function next() {
    const most = Math.max(0, ...all(".pair-side").map((side) => all(".difference", side).length));
    at += 1;
    if (at >= most) {
      const elsewhere = find("[data-elsewhere]");
      if (elsewhere) return elsewhere.click();
      at = 0;
    }
    all(".difference").forEach((one) => one.classList.toggle("is-hot", Number(one.dataset.difference) === at));
    if (pair && pair.classList.contains("is-zoomed")) {
      all(".difference.is-hot").forEach((one) => one.scrollIntoView({ block: "center", inline: "center" }));
    }
  }

  const frames = all(".pair-frame");
  frames.forEach((frame) => frame.addEventListener("scroll", () => {
    frames.filter((other) => other !== frame).forEach((other) => {
      other.scrollTop = frame.scrollTop;
      other.scrollLeft = frame.scrollLeft;
    });
  }));

  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-key="zoom"], .pair-page')) zoom();
    if (event.target.closest('[data-key="next"]')) next();
  });
  const keys = {
    1: () => press("same"),
    2: () => press("another"),
    u: () => press("undo"),
    n: next,
    z: () => zoom(),
    ArrowLeft: () => press("before"),
    ArrowRight: () => press("after"),
    Escape: () => press("back"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.target.closest("input, select, textarea")) return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
