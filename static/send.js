// Sends what waits on this device, one after the other, with a token fetched just before; keeps the roster fresh; says what waits. Runs
// on every page of the staff: when it opens, when the network comes back, and every quarter of a minute.

import { SENDING, forgetRoster, keepRoster, mark, refuse, rosterKept, settle, waiting } from "./queue.js";

const EVERY = 15000;
const HOUR = 60 * 60 * 1000;
const { account } = document.body.dataset;

export const told = new EventTarget();

async function ready() {
  try {
    const answer = await fetch("/offline/ready", { cache: "no-store", redirect: "error" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

// What became of one entry: sent, refused (with the reason), or it has to wait.
async function bring(entry, token) {
  const body = new URLSearchParams([...entry.fields, ["csrf_token", token], ["key", entry.id], ["logged_by", entry.by], ["logged_at", entry.at]]);
  await mark(entry.place);
  const answer = await fetch(entry.path, { method: "POST", body, redirect: "manual", cache: "no-store" });
  if (answer.status === 204) return "sent";
  if ([400, 404, 409, 413, 422].includes(answer.status)) {
    const { said } = await answer.json();
    await refuse(entry.place, said);
    return "refused";
  }
  return "wait";
}

async function sendAll() {
  const left = (await waiting()).filter((one) => !one.refused);
  if (!left.length) return 0;
  const { token, workshop } = (await ready()) ?? {};
  if (!token) return 0;
  let sent = 0;
  for (const entry of left.filter((one) => one.workshop === workshop)) {
    const became = await bring(entry, token);
    if (became === "wait") break;
    if (became === "refused") continue;
    await settle(entry.place);
    sent += 1;
  }
  return sent;
}

// One tab sends at a time; what breaks on the way is tried again later, with the same keys.
export async function send() {
  const sent = await navigator.locks.request(SENDING, { ifAvailable: true }, async (lock) => {
    if (!lock) return 0;
    try {
      return await sendAll();
    } catch {
      return 0;
    }
  });
  await tell();
  if (sent) told.dispatchEvent(new CustomEvent("sent", { detail: sent }));
}

// Fresh every hour and for whoever signs in; a device that was voided meanwhile forgets its people at the next page.
async function refresh() {
  const known = await rosterKept();
  if (known && known.account === account && String(known.scope) === document.body.dataset.scope && Date.now() - known.at < HOUR) {
    if (known.people.length && (await ready())?.registered === false) await forgetRoster();
    return;
  }
  const answer = await fetch("/offline/roster", { cache: "no-store", redirect: "error" });
  const given = answer.ok ? await answer.json() : null;
  if (given) await (given.stamp ? keepRoster(given) : forgetRoster());
}

async function tell() {
  const place = document.querySelector("[data-held]");
  if (!place) return;
  const entries = await waiting();
  place.hidden = !entries.length;
  const form = new Intl.PluralRules(document.documentElement.lang).select(entries.length);
  place.querySelector("[data-count]").textContent = (place.dataset[form] ?? place.dataset.other).replace("#", entries.length);
  place.querySelector("[data-refused]").hidden = !entries.some((one) => one.refused);
}

if (window.isSecureContext && "serviceWorker" in navigator && "locks" in navigator) {
  if (account) {
    navigator.serviceWorker.register("/sw.js", { type: "module" }).catch(() => undefined);
    refresh().catch(() => undefined);
  }
  send();
  addEventListener("online", send);
  setInterval(send, EVERY);
}
