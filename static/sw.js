// Stands between the pages and the network (VERSION and FILES are put before by the server). A page that cannot be had is answered with
// the page without a network; an entry of the board or the till that cannot be sent is held on the device. No page with
// people's data is ever kept.

import { forgetRoster, hold, howMany } from "/static/queue.js";

const NAME = `dirbtuve-${VERSION}`;
const SHELL = "/offline";
const LATER = [/^\/day\/[\d-]{10}\/(tap|attendance|everybody|lots|group|sales|close)$/, /^\/till$/];
const DOWN = [502, 503, 504];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES.map((url) => new Request(url, { cache: "reload" }))))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (name !== NAME) await caches.delete(name);
    await self.clients.claim();
  })());
});

const kept = async (url) => (await caches.match(url, { ignoreVary: true, ignoreSearch: true })) ?? Response.error();

async function file(request) {
  try {
    return await fetch(request);
  } catch {
    return kept(request.url);
  }
}

async function page(request) {
  try {
    const answer = await fetch(request);
    return DOWN.includes(answer.status) ? await kept(SHELL) : answer;
  } catch {
    return kept(SHELL);
  }
}

async function written(request) {
  const copy = request.clone();
  try {
    const answer = await fetch(request);
    if (!DOWN.includes(answer.status)) return answer;
  } catch {
    // no network: held below
  }
  const { pathname } = new URL(request.url);
  try {
    await hold(pathname, [...new URLSearchParams(await copy.text())], true);
  } catch {
    return Response.error(); // the browser offers to send it again; nothing typed is lost
  }
  const [, room, day] = pathname.split("/");
  return Response.redirect(room === "day" ? `/day/${day}` : `/${room}`, 303);
}

async function signedOut(request) {
  const answer = await fetch(request);
  if (!(await howMany())) await forgetRoster();
  return answer;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "GET" && pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(request));
  else if (pathname === "/sign-out") event.respondWith(signedOut(request));
  else if (LATER.some((path) => path.test(pathname))) event.respondWith(written(request));
});
