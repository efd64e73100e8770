// Shows a chosen picture before it is saved; it does not leave the device for that.
"use strict";
document.querySelectorAll("input[data-preview]").forEach((input) => {
  const place = document.getElementById(input.dataset.preview);
  input.addEventListener("change", () => {
    place.hidden = !input.files.length;
    if (!input.files.length) return;
    const reader = new FileReader();
    reader.addEventListener("load", () => { place.querySelector("img").src = reader.result; });
    reader.readAsDataURL(input.files[0]);
  });
});
