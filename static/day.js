// Helps the forms of a day: saves show when something changed, steps fit the unit, prices are proposed. All works without it.

for (const form of document.querySelectorAll("[data-hours], [data-reason]")) {
  const save = form.querySelector(".ok");
  if (!save) continue;
  save.hidden = true;
  form.addEventListener("change", () => {
    save.hidden = false;
    form.classList.add("hours--changed");
  });
}

const pairs = (text) => new Map(text.split(" ").filter(Boolean).map((one) => one.split(":")));

for (const form of document.querySelectorAll("[data-lot]")) {
  const units = pairs(form.querySelector("[data-units]").dataset.units);
  const rows = [...form.querySelectorAll("[data-maker]")];
  const show = () => {
    const sent = new FormData(form);
    const step = units.get(sent.get("product")) === "kg" ? "0.25" : "1";
    for (const name of ["good", "rejects"]) form.elements.namedItem(name).step = step;
    const way = sent.get("shared_by");
    const chosen = new Set(sent.getAll("makers"));
    const each = form.querySelector(".sharing__each");
    if (each) each.hidden = way === "equal" || way === "steps" || chosen.size === 0;
    for (const row of rows) {
      const input = row.querySelector("input");
      input.step = way === "minutes" ? "5" : way === "units" ? step : "1";
      row.hidden = way === "equal" || way === "steps" || !chosen.has(row.dataset.maker);
      input.disabled = row.hidden;
    }
  };
  form.addEventListener("change", show);
  show();
}

for (const form of document.querySelectorAll("[data-sale]")) {
  const prices = pairs(form.querySelector("[data-prices]").dataset.prices);
  const price = form.elements.namedItem("price");
  let proposed = price.value;
  form.elements.namedItem("product").addEventListener("change", (event) => {
    if (price.value !== "" && price.value !== proposed) return;
    proposed = prices.get(event.target.value) ?? "";
    price.value = proposed;
  });
}
