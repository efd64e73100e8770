// Compares a file with the sealed one by its digest, on the visitor's own device.
"use strict";
(() => {
  const box = document.getElementById("compare");
  if (!box || !window.crypto || !window.crypto.subtle) return; // the form sends the file instead
  const input = document.getElementById("compare-file");
  document.getElementById("compare-send").hidden = true;
  document.getElementById("compare-local").hidden = false;

  async function compare(file) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
    const text = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const result = box.dataset.digest.split(" ").includes(text) ? "same" : "different";
    box.querySelectorAll(".compared").forEach((one) => { one.hidden = one.dataset.result !== result; });
  }

  input.addEventListener("change", () => { if (input.files.length) compare(input.files[0]); });
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("is-over"); });
  box.addEventListener("dragleave", () => box.classList.remove("is-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-over");
    if (event.dataTransfer.files.length) compare(event.dataTransfer.files[0]);
  });
})();
