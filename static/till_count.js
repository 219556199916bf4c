// Adds the notes and coins up while they are counted. Without this file the server does it.

import { read } from "./till_sums.js";

const form = document.querySelector("[data-count]");
if (form) {
  const lt = document.documentElement.lang === "lt";
  const money = (cents) => {
    const text = (Math.abs(cents) / 100).toFixed(2);
    return `${cents < 0 ? "−" : ""}${lt ? `${text.replace(".", ",")}\u00a0€` : `€${text}`}`;
  };
  const show = () => {
    let counted = 0;
    for (const input of form.querySelectorAll("[data-face]")) counted += Number(input.dataset.face) * (read(input.value || "0", 0) ?? 0);
    const difference = counted - (read(form.elements.namedItem("began").value || "0", 2) ?? 0) - Number(form.dataset.takings);
    form.querySelector("[data-counted]").textContent = money(counted);
    const told = form.querySelector("[data-difference]");
    told.textContent = money(difference);
    told.classList.toggle("neg", difference < 0);
    form.querySelector("[data-why]").hidden = difference === 0;
  };
  form.querySelector("[data-sums]").hidden = false;
  form.addEventListener("input", show);
  show();
}
