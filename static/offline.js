// The page without a network: the board of today, the till, and what waits, from what this device keeps.

import { again, freshKey, hold, rosterKept, SENDING, settle, waiting } from "./queue.js";
import { send, told } from "./send.js";

const language = document.documentElement.lang;
const find = (name, root = document) => root.querySelector(`[data-${name}]`);
const view = (name) => document.querySelector(`[data-view="${name}"]`);
const copy = (name) => document.querySelector(`template[data-of="${name}"]`).content.firstElementChild.cloneNode(true);
const words = JSON.parse(document.getElementById("words").dataset.told);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
const number = (text) => String(text).replace(".", language === "lt" ? "," : ".");
const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "Europe/Vilnius" }).format(new Date());
const inWords = (day, options) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...options }).format(new Date(`${day}T12:00:00Z`));
const capital = (text) => text[0].toLocaleUpperCase(language) + text.slice(1);
const dayTitle = () => capital(`${inWords(day, { weekday: "long" })}, ${inWords(day, { month: "long", day: "numeric" })}`);
const money = (cents) => new Intl.NumberFormat(language, { style: "currency", currency: "EUR" }).format(cents / 100);

const asked = /^\/day\/(\d{4}-\d{2}-\d{2})$/.exec(location.pathname);
const day = asked && asked[1] <= today() ? asked[1] : today();
const which = location.pathname.startsWith("/day") ? "board" : location.pathname.startsWith("/till") ? "till" : "list";
let roster = null;

// ---------- what waits, in words ----------

const named = (ref) => roster?.people.find((one) => one.ref === ref)?.name ?? words.somebody;
const product = (ref) => roster?.products.find((one) => one.ref === ref);

function sold(fields) {
  const items = [...fields].filter(([name, value]) => name.startsWith("q_") && Number(value.replace(",", ".")) > 0)
    .map(([name, value]) => ({ one: product(name.slice(2)), quantity: value }));
  const goods = items.map(({ one, quantity }) => `${one?.name ?? "…"} × ${number(quantity)}`).join(", ");
  return fill(words.sale, { goods, sum: fields.get("seen") ? money(Number(fields.get("seen"))) : "" });
}

function marked(fields) {
  const name = named(fields.get("participant") || fields.get("came") || fields.get("away") || fields.get("back"));
  if (fields.get("back")) return fill(words.back, { name });
  if (fields.get("away")) return fill(words.away, { name, reason: words.reasons.K });
  if (fields.get("mark") && fields.get("mark") !== "D") return fill(words.away, { name, reason: words.reasons[fields.get("mark")] });
  return fields.get("hours") ? fill(words.came_hours, { name, hours: number(fields.get("hours")) }) : fill(words.came, { name });
}

function title(entry) {
  const fields = new URLSearchParams(entry.fields);
  const act = entry.path.split("/").pop();
  if (act === "till") return sold(fields);
  if (act === "everybody") return words.everybody;
  if (act === "tap" || act === "attendance") return marked(fields);
  if (act !== "lots") return words.other;
  return fill(words.lot, { product: product(fields.get("product"))?.name ?? "…", good: number(fields.get("good") || "0"),
    rejects: number(fields.get("rejects") || "0"), people: fields.getAll("makers").map(named).join(", ") });
}

const dayOf = (entry) => entry.path.split("/")[2] ?? new URLSearchParams(entry.fields).get("day") ?? today();

// A refused entry is mended on the server's own page, which shows what was typed and what is wrong with it.
async function mend(entry) {
  const { token } = await (await fetch("/offline/ready", { cache: "no-store" })).json();
  const form = document.createElement("form");
  form.method = "post";
  form.action = entry.path;
  for (const [name, value] of [...entry.fields, ["csrf_token", token], ["key", freshKey()]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
  document.body.append(form);
  form.submit();
}

function row(entry) {
  const item = copy("entry");
  const [mending, drop] = [find("mend", item), find("drop", item)];
  item.querySelector("b").textContent = title(entry);
  const time = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: "Europe/Vilnius" }).format(new Date(entry.at));
  item.querySelector(".muted").textContent = fill(words.note, { day: inWords(dayOf(entry), { month: "long", day: "numeric" }), who: entry.name, time });
  const said = entry.refused || (entry.tried ? words.maybe : "");
  item.querySelector(".err").hidden = !said;
  item.querySelector(".err span").textContent = said;
  item.querySelector('[data-tag="wait"]').hidden = Boolean(entry.refused);
  item.querySelector('[data-tag="stop"]').hidden = !entry.refused;
  mending.hidden = !entry.refused;
  drop.hidden = entry.tried && !entry.refused;
  if (entry.refused) drop.querySelector("span").textContent = words.settled;
  mending.addEventListener("click", () => mend(entry));
  drop.addEventListener("click", async () => {
    if (entry.refused && drop.dataset.sure !== "1") {
      drop.dataset.sure = "1";
      drop.querySelector("span").textContent = words.changed;
      return;
    }
    await navigator.locks.request(SENDING, () => settle(entry.place));
    await show();
  });
  return item;
}

// ---------- writing down ----------

// Keeps entries on the device; says so when it cannot.
async function write(...entries) {
  const faults = [find("fault"), find("till-fault")];
  try {
    for (const [path, fields] of entries) await hold(path, fields);
  } catch {
    for (const fault of faults) {
      fault.hidden = false;
      fault.querySelector("span").textContent = words.full;
    }
    return false;
  }
  for (const fault of faults) fault.hidden = true;
  await show();
  send();
  return true;
}

const attendance = (ref, mark, hours) => [`/day/${day}/attendance`, [["participant", ref], ["mark", mark], ["hours", String(hours)]]];
const attend = (ref, mark, hours = "") => write(attendance(ref, mark, hours));

// What the queue says of each person's day: the last entry counts.
function marksOf(entries) {
  const marks = new Map();
  for (const entry of entries.filter((one) => one.path.startsWith(`/day/${day}/`))) {
    const fields = new URLSearchParams(entry.fields);
    const ref = fields.get("participant") || fields.get("came") || fields.get("away") || fields.get("back");
    if (entry.path.endsWith("/everybody")) for (const one of roster.people) marks.has(one.ref) || marks.set(one.ref, { mark: "D", hours: "" });
    else if (fields.get("back")) marks.delete(ref);
    else if (/\/(tap|attendance)$/.test(entry.path)) marks.set(ref, { mark: fields.get("away") ? "K" : fields.get("mark") || "D", hours: fields.get("hours") ?? "" });
  }
  return marks;
}

function seat(one, mark) {
  const item = copy("person");
  const [came, more, panel] = [find("came", item), find("more", item), item.querySelector(".seat")];
  const state = !mark ? "new" : mark.mark === "D" ? "in" : "out";
  item.className = `person person--${state}`;
  item.querySelector(".face").textContent = one.name[0];
  item.querySelector("b").textContent = one.name;
  came.setAttribute("aria-pressed", String(state === "in"));
  came.setAttribute("aria-label", `${one.name}, ${{ new: words.unmarked, in: words.here, out: words.reasons[mark?.mark] }[state]}`);
  if (state === "in") more.textContent = fill(words.hours, { hours: number(mark.hours || one.minutes[day] / 60 || 6) });
  if (state === "out") more.textContent = words.reasons[mark.mark];
  more.setAttribute("aria-label", `${one.name}: ${more.textContent}`);
  panel.setAttribute("aria-label", one.name);
  came.addEventListener("click", () => state !== "in" && attend(one.ref, "D"));
  more.addEventListener("click", () => {
    panel.hidden = !panel.hidden;
    item.classList.toggle("person--open", !panel.hidden);
    more.setAttribute("aria-expanded", String(!panel.hidden));
  });
  for (const key of panel.querySelectorAll("[data-hours], [data-absent]")) {
    key.setAttribute("aria-label", key.getAttribute("aria-label").replace("{}", one.name));
    key.addEventListener("click", () => (key.dataset.absent ? attend(one.ref, key.dataset.absent) : attend(one.ref, "D", key.dataset.hours)));
  }
  return item;
}

// Each blank of the server's page is copied for every person or product.
function spread(root, selector, items, dress) {
  const blank = root.querySelector(selector);
  blank.replaceWith(...items.map((one) => {
    const made = blank.cloneNode(true);
    dress(made, one);
    return made;
  }));
}

const reworded = (node, text) => {
  for (const child of node.childNodes) if (child.nodeType === Node.TEXT_NODE && child.textContent.trim()) child.textContent = text;
};

function board() {
  const form = find("board");
  form.action = `/day/${day}/lots`;
  spread(form, ".tile", roster.products, (tile, one) => {
    tile.querySelector("input").value = one.ref;
    tile.querySelector("img").src = `/static/img/${one.picture}.svg`;
    reworded(tile.querySelector("span"), one.name);
  });
  spread(form, ".pick", roster.people, (pick, one) => {
    pick.querySelector("input").value = one.ref;
    reworded(pick.querySelector("span"), one.name);
  });
  spread(form, ".shares > li", roster.people, (share, one) => {
    share.dataset.maker = one.ref;
    const [label, input] = [share.querySelector("label"), share.querySelector("input")];
    label.textContent = one.name;
    input.name = input.id = label.htmlFor = `share_${one.ref}`;
  });
  form.querySelector("[data-units]").dataset.units = roster.products.map((one) => `${one.ref}:${one.unit}`).join(" ");
  form.querySelector("[data-steps]").dataset.steps = JSON.stringify(roster.steps);
  if (!Object.keys(roster.steps).length) form.querySelector('input[name="shared_by"][value="steps"]').closest("label").remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = new FormData(form);
    const fault = find("fault");
    const whole = sent.get("product") && sent.getAll("makers").length && Number(sent.get("good")) + Number(sent.get("rejects")) > 0;
    fault.hidden = Boolean(whole);
    fault.querySelector("span").textContent = words.nothing;
    if (whole && await write([`/day/${day}/lots`, [...sent]])) {
      form.reset();
      form.dispatchEvent(new Event("change"));
    }
  });
  find("everybody").addEventListener("click", async () => {
    const marks = marksOf(await waiting());
    await write(...roster.people.filter((one) => !marks.has(one.ref) && one.minutes[day] !== 0).map((one) => attendance(one.ref, "D", "")));
  });
}

function till() {
  const form = find("till");
  spread(form, ".shelf__one", roster.products, (shelf, one) => {
    Object.assign(shelf.dataset, { product: one.ref, price: one.price, name: one.name, unit: one.unit === "kg" ? "kg" : "" });
    const [label, input] = [shelf.querySelector(".shelf__face"), shelf.querySelector("input")];
    label.querySelector("img").src = `/static/img/${one.picture}.svg`;
    label.querySelector("b").textContent = one.name;
    label.querySelector("span").textContent = money(one.price);
    input.name = input.id = label.htmlFor = `q_${one.ref}`;
    input.step = one.unit === "kg" ? "0.25" : "1";
    for (const each of shelf.querySelectorAll("[aria-label]")) each.setAttribute("aria-label", each.getAttribute("aria-label").replace("…", one.name));
  });
  form.elements.namedItem("day").value = day;
  if (!roster.vat) form.elements.namedItem("vat").closest(".field").remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = new FormData(form);
    const empty = !sent.get("seen");
    const fault = find("till-fault");
    fault.hidden = !empty;
    fault.querySelector("span").textContent = words.basket;
    sent.set("anyway", "y"); // the goods are in the customer's hands
    if (!empty && await write(["/till", [...sent]])) {
      form.reset();
      form.dispatchEvent(new Event("change"));
      scrollTo({ top: 0 });
    }
  });
}

// ---------- the page ----------

async function show() {
  const entries = await waiting();
  const line = find("waits");
  const left = entries.filter((one) => !one.refused).length;
  const form = new Intl.PluralRules(language).select(left);
  line.textContent = left ? (line.dataset[form] ?? line.dataset.other).replace("#", left) : line.dataset.none;
  find("list").replaceChildren(...entries.map(row).reverse());
  find("nothing").hidden = entries.length > 0;
  view("list").hidden = which !== "list" && !entries.length;
  if (which === "board" && !view("board").hidden) {
    const marks = marksOf(entries);
    const focused = document.activeElement?.closest("[data-people] > li");
    const at = focused ? [...find("people").children].indexOf(focused) : -1;
    find("people").replaceChildren(...roster.people.map((one) => seat(one, marks.get(one.ref))));
    if (at >= 0) find("came", find("people").children[at]).focus({ preventScroll: true });
  }
}

async function begin() {
  roster = await rosterKept();
  const kind = which === "list" ? "list" : !roster ? "nobody" : which === "board" && !roster.people.length ? "device" : which;
  view(kind === "device" ? "nobody" : kind).hidden = false;
  for (const each of document.querySelectorAll("[data-why]")) each.hidden = each.dataset.why !== kind;
  for (const each of document.querySelectorAll("[data-to]")) if (each.dataset.to === which) each.setAttribute("aria-current", "page");
  if (roster) find("who").textContent = roster.place;
  if (which === "board") find("title").textContent = dayTitle();
  if (which === "till") find("title").textContent = document.querySelector('[data-to="till"]').textContent.trim();
  if (which === "list") find("title").textContent = document.querySelector('[data-to="list"]').textContent.trim();
  if (kind === "board") board();
  if (kind === "till") till();
  if (kind === "board" || kind === "till") {
    const { wire } = await import("./stepper.js");
    if (kind === "till") wire(view("till"));
    await import(kind === "board" ? "./day.js" : "./till.js");
    if (kind === "board") await import("./lot_steps.js");
  }
  await show();
  const online = await fetch("/offline/ready", { cache: "no-store" }).then((answer) => answer.ok, () => false);
  find("off").hidden = online;
  find("on").hidden = !online || which !== "list";
}

told.addEventListener("sent", () => location.reload());
find("try").addEventListener("click", async () => {
  for (const entry of (await waiting()).filter((one) => one.refused)) await again(entry.place);
  await send();
  location.reload();
});
begin();
