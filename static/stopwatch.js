// A stopwatch over the times of a time study: each press of "one is done" writes the time since the last one into the next empty field.

const written = (tenths) => {
  const rest = tenths % 600;
  const seconds = `${Math.floor(rest / 10)}`;
  const end = rest % 10 ? `,${rest % 10}` : "";
  const minutes = Math.floor(tenths / 600);
  return minutes ? `${minutes}:${seconds.padStart(2, "0")}${end}` : `${seconds}${end}`;
};

for (const form of document.querySelectorAll("[data-stopwatch]")) {
  const box = form.querySelector("[data-watch]");
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [shown, start, lap, stop, said] = ["shown", "start", "lap", "stop", "said"].map(part);
  const fields = [...form.querySelectorAll("input[name^=time_]")];
  let since = null; // when this unit began, less what ran before a pause
  let ran = 0;

  const tenths = () => Math.round((since === null ? ran : ran + performance.now() - since) / 100);
  const clock = (now) => `${Math.floor(now / 600)}:${String(Math.floor((now % 600) / 10)).padStart(2, "0")},${now % 10}`;
  const show = () => { shown.textContent = clock(tenths()); };
  const runs = (on) => {
    start.hidden = on;
    lap.hidden = stop.hidden = !on;
    (on ? lap : start).focus();
  };

  start.addEventListener("click", () => {
    since = performance.now();
    runs(true);
  });
  stop.addEventListener("click", () => {
    ran += performance.now() - since;
    since = null;
    start.querySelector("span").textContent = start.dataset.again;
    runs(false);
    show();
  });
  lap.addEventListener("click", () => {
    const field = fields.find((one) => one.value.trim() === "");
    const now = tenths();
    if (!field || now === 0) return;
    field.value = written(now);
    since = performance.now();
    ran = 0;
    const full = fields.every((one) => one.value.trim() !== "");
    said.textContent = full ? said.dataset.full : said.dataset.written.replace("{}", fields.indexOf(field) + 1);
    if (full) {
      since = null;
      runs(false);
      start.hidden = true;
    }
    show();
  });
  form.addEventListener("input", (event) => {
    if (event.target.name?.startsWith("time_") && since === null && fields.some((one) => one.value.trim() === "")) start.hidden = false;
  });
  setInterval(show, 100);
  start.hidden = fields.every((one) => one.value.trim() !== "");
  box.hidden = false;
}
