// The till: a tap on a picture is one more, the basket and its sums stand beside it. Without this file the numbers are typed and the
// server works the sums out. A sale is the form as it stands, with the key made before it is sent: what holds it back and sends it
// later needs nothing more.

import { bill, read } from "./till_sums.js";

const form = document.querySelector("[data-till]");
const language = document.documentElement.lang;
const money = (cents) => {
  const text = (Math.abs(cents) / 100).toFixed(2);
  const [whole, rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, language === "lt" ? "\u00a0" : ",");
  return language === "lt" ? `${cents < 0 ? "−" : ""}${grouped},${rest}\u00a0€` : `${cents < 0 ? "−" : ""}€${grouped}.${rest}`;
};

if (form) {
  const goods = [...form.querySelectorAll("[data-product]")].map((row) => ({
    row, input: row.querySelector("input"), price: Number(row.dataset.price), name: row.dataset.name,
    unit: row.dataset.unit ? `\u00a0${row.dataset.unit}` : "" }));
  const at = (name) => form.elements.namedItem(name);
  const part = (name) => form.querySelector(`[data-${name}]`);
  const sums = Object.fromEntries([...form.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));

  const chosen = () => goods.map((one) => ({ ...one, quantity: read(one.input.value || "0", 3) ?? 0 })).filter((one) => one.quantity > 0);

  const put = (name, cents, always = false) => {
    sums[name].hidden = !always && !cents;
    sums[name].querySelector("dd").textContent = money(cents);
  };

  const list = (basket, told) => {
    part("lines").replaceChildren(...basket.map((one, place) => {
      const line = document.createElement("li");
      const name = document.createElement("span");
      name.textContent = `${one.name} × ${String(one.quantity / 1000).replace(".", language === "lt" ? "," : ".")}${one.unit}`;
      const sum = document.createElement("b");
      sum.className = "money";
      sum.textContent = money(told.grosses[place]);
      line.append(name, sum);
      return line;
    }));
  };

  const show = () => {
    const basket = chosen();
    for (const one of goods) one.row.classList.toggle("shelf__one--in", (read(one.input.value || "0", 3) ?? 0) > 0);
    const way = at("way").value;
    const percent = read(at("percent").value || "0", 3) ?? 0;
    const cents = read(at("discount_cents").value || "0", 2) ?? 0;
    const told = bill(basket.map(({ quantity, price }) => ({ quantity, price })), way, percent, cents);
    const any = basket.length > 0;
    part("empty").hidden = any;
    for (const name of ["lines", "sums"]) part(name).hidden = !any;
    list(basket, told);
    put("gross", told.off || told.rounding ? told.gross : 0);
    put("off", -told.off);
    put("rounding", told.rounding);
    put("payable", told.payable, true);
    for (const place of form.querySelectorAll("[data-sum]")) place.textContent = any ? money(told.payable) : "";
    part("bar").hidden = !any;
    // what the page showed goes along, unless a number cannot be read: then the server says so
    at("seen").value = any && told.total >= 0 && !(percent && cents) ? String(told.payable) : "";
    const given = read(at("given").value || "0", 2) ?? 0;
    part("change").hidden = !(any && way === "cash" && given > told.payable);
    part("change").querySelector("b").textContent = money(given - told.payable);
  };

  for (const one of goods) {
    one.row.querySelector("label").addEventListener("click", (event) => {
      event.preventDefault();
      one.row.querySelector('[data-step="1"]').click();
    });
  }
  const finder = part("finder");
  if (finder) {
    finder.hidden = false;
    finder.addEventListener("input", (event) => {
      const wanted = event.target.value.toLocaleLowerCase(language);
      for (const one of goods) one.row.hidden = !one.name.toLocaleLowerCase(language).includes(wanted);
      event.stopPropagation();
    });
    finder.querySelector("input").addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }
  part("notes").hidden = false;
  for (const note of form.querySelectorAll("[data-note]")) {
    note.addEventListener("click", () => {
      at("given").value = money(Number(note.dataset.note)).replace(/[^0-9.,]/g, "");
      show();
    });
  }
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}
