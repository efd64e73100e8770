// A known project code brings its name along, unless one was typed already.
"use strict";
document.addEventListener("htmx:afterSwap", (event) => {
  const hint = event.target.querySelector("[data-project-name]");
  const name = document.getElementById("f-project_name");
  if (hint && !name.value) name.value = hint.dataset.projectName;
});
