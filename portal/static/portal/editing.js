// Putting a field right where it stands in the list: the value becomes a box to type in, and back.
"use strict";
(() => {
  const base = document.querySelector(".case").dataset.base;

  function edit(button) {
    const value = button.closest("div").querySelector(".value");
    if (value.querySelector("form")) return;
    const before = [...value.childNodes];
    const form = Object.assign(document.createElement("form"), { className: "editing" });
    const box = Object.assign(document.createElement("input"), { type: "text", value: button.dataset.value, maxLength: 200 });
    box.setAttribute("aria-label", button.dataset.field);
    form.append(box);
    value.replaceChildren(form);
    box.focus();
    box.select();
    const close = () => { if (form.isConnected) value.replaceChildren(...before); };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const typed = box.value.trim();
      close();
      button.focus();
      if (!typed || typed === button.dataset.value) return;
      const values = { field: button.dataset.field, value: typed };
      htmx.ajax("POST", `${base}material/${button.dataset.material}/field`, { values, target: "#live", swap: "outerHTML" });
    });
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") { close(); button.focus(); }
    });
    box.addEventListener("blur", () => setTimeout(close, 0));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".readings .edit");
    if (button) edit(button);
  });
})();
