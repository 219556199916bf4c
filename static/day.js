// Helps the forms of a day: the page stays where it was, a person opens in place, digits by tapping, shares of those chosen, prices
// are proposed. All works without it.

import { wire } from "./stepper.js";

// ---------- who is here ----------

const STAY = "dirbtuve-stay";

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-stay]")) return;
  const tapped = event.submitter && event.submitter.closest("li[id]");
  sessionStorage.setItem(STAY, JSON.stringify({ path: location.pathname, top: scrollY, at: tapped ? tapped.id : "" }));
});

addEventListener("load", () => {
  const kept = sessionStorage.getItem(STAY);
  sessionStorage.removeItem(STAY);
  if (!kept || document.getElementById("summary")) return;
  const { path, top, at } = JSON.parse(kept);
  if (path !== location.pathname) return;
  requestAnimationFrame(() => {
    scrollTo({ top, behavior: "instant" });
    const seat = at && document.getElementById(at);
    if (seat) (seat.querySelector(".seat .key") || seat.querySelector(".mark")).focus({ preventScroll: true });
  });
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-open]");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const seat = link.closest("li[id]");
  try {
    const answer = await fetch(link.href);
    if (!answer.ok || answer.redirected) throw new Error("no page");
    const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(seat.id);
    seat.replaceWith(found);
    wire(found);
    (found.querySelector(".seat .key") || found.querySelector("a[data-open]")).focus({ preventScroll: true });
  } catch {
    location.href = link.href;
  }
});

// ---------- what was made ----------

const pairs = (text) => new Map(text.split(" ").filter(Boolean).map((one) => one.split(":")));

// A number field of a share becomes a stepper when its person is chosen.
function stepperOf(input, list) {
  const stepper = document.createElement("span");
  stepper.className = "stepper";
  stepper.dataset.stepper = "";
  const button = (direction, word, path) => {
    const one = document.createElement("button");
    one.type = "button";
    one.className = "step-btn";
    one.dataset.step = direction;
    one.setAttribute("aria-label", word);
    one.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
    return one;
  };
  input.replaceWith(stepper);
  input.classList.remove("input", "input--n");
  const holder = document.createElement("span");
  holder.className = "stepper__n";
  holder.append(input);
  stepper.append(button("-1", list.dataset.less, "M5 12h14"), holder, button("1", list.dataset.more, "M12 5v14M5 12h14"));
  const around = document.createElement("div");
  stepper.before(around);
  around.append(stepper);
  wire(around);
}

// Whole units dealt out as evenly as they go, for people whose share nobody wrote.
function deal(rows, total) {
  const inputs = rows.map((row) => row.querySelector("input"));
  if (inputs.some((input) => input.dataset.own) || !Number.isInteger(total) || total < inputs.length) return;
  inputs.forEach((input, place) => {
    input.value = Math.floor(total / inputs.length) + (place < total % inputs.length ? 1 : 0);
  });
}

for (const form of document.querySelectorAll("[data-lot]")) {
  const units = pairs(form.querySelector("[data-units]").dataset.units);
  const rows = [...form.querySelectorAll("[data-maker]")];
  const list = form.querySelector(".shares");
  const summary = form.querySelector("[data-summary]");
  const empty = summary && summary.textContent;
  const [good, rejects] = ["good", "rejects"].map((name) => form.elements.namedItem(name));

  const tell = (sent) => {
    const tile = form.querySelector("input[name=product]:checked");
    const names = [...form.querySelectorAll("input[name=makers]:checked")].map((one) => one.parentElement.textContent.trim());
    if (!summary) return;
    const told = { product: tile && tile.parentElement.textContent.trim(), good: sent.get("good"), rejects: sent.get("rejects") || "0",
      people: names.join(", ") };
    summary.textContent = tile && names.length && Number(told.good) + Number(told.rejects) > 0
      ? summary.dataset.words.replace(/\{(\w+)\}/g, (_all, name) => told[name].replace(".", name === "people" || name === "product" ? "." : ","))
      : empty;
  };

  const show = (event) => {
    const sent = new FormData(form);
    const step = units.get(sent.get("product")) === "kg" ? "0.25" : "1";
    for (const input of [good, rejects]) input.step = step;
    const way = sent.get("shared_by");
    const chosen = new Set(sent.getAll("makers"));
    const each = form.querySelector(".sharing__each");
    if (each) each.hidden = way === "equal" || way === "steps" || chosen.size === 0;
    if (event && event.target.closest(".shares")) event.target.dataset.own = "1";
    for (const row of rows) {
      const input = row.querySelector("input");
      row.hidden = way === "equal" || way === "steps" || !chosen.has(row.dataset.maker);
      input.disabled = row.hidden;
      if (!row.hidden && !row.querySelector(".stepper")) stepperOf(input, list);
      input.step = way === "minutes" ? "5" : way === "units" ? step : "1";
      if (input.defaultValue) input.dataset.own = "1";
    }
    if (way === "units" && step === "1") deal(rows.filter((row) => !row.hidden), Number(good.value) + Number(rejects.value || 0));
    tell(sent);
  };
  form.addEventListener("change", show);
  form.addEventListener("input", show);

  const pad = form.querySelector("[data-pad]");
  if (pad) digits(pad, good, rejects);
  show();
}

// Digits write into the number that was touched last; at first into the good ones. The first digit replaces what was there.
function digits(pad, good, rejects) {
  let active = good;
  let typed = "";
  const choose = (input) => {
    active = input;
    typed = "";
    for (const one of [good, rejects]) one.closest(".stepper").classList.toggle("stepper--active", one === active);
    const label = active.closest(".stepper").getAttribute("aria-label");
    pad.setAttribute("aria-label", pad.dataset.says.replace("{}", label));
  };
  for (const input of [good, rejects]) {
    if (matchMedia("(pointer: coarse)").matches) input.inputMode = "none";
    input.addEventListener("focus", () => choose(input));
    input.addEventListener("change", (event) => { if (event.isTrusted) typed = ""; });
  }
  pad.addEventListener("click", (event) => {
    const digit = event.target.closest("[data-digit]")?.dataset.digit;
    if (!digit) return;
    if (digit === "back") typed = typed.slice(0, -1);
    else if (digit === ".") typed = typed.includes(".") ? typed : `${typed || "0"}.`;
    else if (typed.length < 7) typed = typed === "0" ? digit : typed + digit;
    active.value = typed.replace(/\.$/, "") || "0";
    active.dispatchEvent(new Event("change", { bubbles: true }));
  });
  pad.hidden = false;
  choose(good);
}

// ---------- what was sold ----------

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
