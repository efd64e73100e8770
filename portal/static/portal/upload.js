// Dropping files and folders on the case page: each is sent by itself, with its own progress and its own fault.
"use strict";
(() => {
  const AT_ONCE = 3; // more would only share the same line
  const SETTLED_MS = 200; // a handful of small files is one look at the list
  const HIDDEN = /^(\.|Thumbs\.db$|desktop\.ini$|__MACOSX$)/i; // left behind by systems, not by people
  const place = document.querySelector(".case");
  const sending = document.getElementById("sending");
  const drop = document.getElementById("drop");
  const veil = document.getElementById("drop-veil");
  const words = place.dataset;
  const queue = [];
  let running = 0;
  let refresh = 0;

  function add(files) {
    for (const file of files) if (!HIDDEN.test(file.name)) line(file);
    next();
  }

  function line(file) {
    const item = document.createElement("li");
    item.dataset.name = file.name;
    const name = Object.assign(document.createElement("span"), { className: "name", textContent: file.name, title: file.name });
    const bar = Object.assign(document.createElement("progress"), { max: file.size || 1, value: 0 });
    const state = Object.assign(document.createElement("span"), { className: "state", textContent: words.wSending });
    item.append(name, bar, state);
    sending.append(item);
    queue.push({ file, item, bar, state });
  }

  function next() {
    while (running < AT_ONCE && queue.length) {
      running += 1;
      send(queue.shift());
    }
  }

  function send(job) {
    const { file, item, bar, state } = job;
    if (!file.size) return done(() => fail(job, words.wEmpty, false));
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.append("files", file, file.name);
    request.open("POST", words.upload);
    request.setRequestHeader("X-CSRFToken", words.csrf);
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) { bar.max = event.total; bar.value = event.loaded; } });
    request.addEventListener("load", () => done(() => {
      if (request.status === 200) {
        state.textContent = words.wSent;
        bar.value = bar.max;
        setTimeout(() => item.remove(), 1500);
        return;
      }
      fail(job, reason(request), request.status !== 409);
    }));
    request.addEventListener("error", () => done(() => fail(job, words.wOffline, true)));
    request.send(form);
  }

  function done(then) {
    then();
    running -= 1;
    clearTimeout(refresh);
    refresh = setTimeout(() => document.dispatchEvent(new Event("list:changed")), SETTLED_MS);
    next();
  }

  function reason(request) {
    if (request.status === 401 || request.status === 403) return words.wLogin;
    if (request.status === 413) return words.wToobig;
    try { return JSON.parse(request.responseText).message || words.wServer; } catch { return words.wServer; }
  }

  function fail(job, why, again) {
    const { item, state } = job;
    item.classList.add("is-failed");
    state.textContent = words.wFailed;
    const text = Object.assign(document.createElement("span"), { className: "why", textContent: why });
    item.append(text);
    if (!again) return;
    const retry = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words.wRetry });
    retry.addEventListener("click", () => { item.remove(); line(job.file); next(); });
    text.append(" ", retry);
  }

  // -- where files come from -----------------------------------------------------------------------------------------
  for (const id of ["pick-files", "pick-folder"]) {
    const input = document.getElementById(id);
    input.addEventListener("change", () => { add(input.files); input.value = ""; });
  }

  const carriesFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  document.addEventListener("dragenter", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth += 1;
    veil.hidden = false;
    drop.classList.add("is-over");
  });
  document.addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); if (!depth) calm(); });
  document.addEventListener("dragover", (event) => { if (carriesFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", async (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    calm();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
    const plain = [...event.dataTransfer.files];
    add(entries.some((entry) => entry && entry.isDirectory) ? (await Promise.all(entries.filter(Boolean).map(walk))).flat() : plain);
  });
  function calm() { veil.hidden = true; drop.classList.remove("is-over"); }

  async function walk(entry) {
    if (HIDDEN.test(entry.name)) return [];
    if (entry.isFile) return [await new Promise((give, lose) => entry.file(give, lose))];
    const reader = entry.createReader();
    const found = [];
    for (;;) { // a reader gives at most a hundred at a time
      const some = await new Promise((give, lose) => reader.readEntries(give, lose));
      if (!some.length) break;
      found.push(...some);
    }
    return (await Promise.all(found.map(walk))).flat();
  }
})();
