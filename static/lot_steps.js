// Draws who did which step when a lot is shared by steps: a row for each step of the product, a tick for each person who made it.

for (const form of document.querySelectorAll("[data-lot]")) {
  const box = form.querySelector("[data-steps]");
  if (!box) continue;
  const steps = JSON.parse(box.dataset.steps);
  const list = box.querySelector(".by-steps__rows");
  const names = new Map([...form.querySelectorAll("input[name=makers]")].map((one) => [one.value, one.parentElement.textContent.trim()]));
  const ticks = new Set([...list.querySelectorAll("input:checked")].map((one) => `${one.name} ${one.value}`));
  const copy = (what) => box.querySelector(`[data-${what}]`).content.firstElementChild.cloneNode(true);

  const tick = (name, maker) => {
    const label = copy("pick");
    const input = label.querySelector("input");
    Object.assign(input, { name, value: maker, checked: ticks.has(`${name} ${maker}`) });
    label.querySelector("span").append(names.get(maker));
    return label;
  };

  const row = ([ref, name, sign], makers) => {
    const item = copy("row");
    item.querySelector("img").src = `${box.dataset.pictures}${sign}.svg`;
    item.querySelector("b").textContent = name;
    const group = item.querySelector("[role=group]");
    group.setAttribute("aria-label", group.dataset.said.replace("{}", name));
    group.append(...makers.map((maker) => tick(`step_${ref}`, maker)));
    return item;
  };

  const draw = () => {
    const sent = new FormData(form);
    const makers = sent.getAll("makers");
    const chosen = makers.length ? steps[sent.get("product")] ?? [] : [];
    box.querySelector("fieldset").hidden = sent.get("shared_by") !== "steps";
    box.querySelector("[data-none]").hidden = chosen.length > 0;
    list.replaceChildren(...chosen.map((one) => row(one, makers)));
  };

  form.addEventListener("change", (event) => {
    if (event.target.name.startsWith("step_")) {
      const key = `${event.target.name} ${event.target.value}`;
      if (event.target.checked) ticks.add(key);
      else ticks.delete(key);
      return;
    }
    draw();
  });
  draw();
}
