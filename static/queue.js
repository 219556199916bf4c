// What this device keeps for days without a network: the roster, who is signed in, and the entries that wait to be sent, in order.
// All of it is encrypted with a key that never leaves the browser; only an entry's own key stands open, so that it waits once.

const WEEK = 7 * 24 * 60 * 60 * 1000;
export const SENDING = "dirbtuve-sending";

const done = (request) => new Promise((yes, no) => {
  request.onsuccess = () => yes(request.result);
  request.onerror = () => no(request.error);
});

let opening;
function books() {
  opening ??= new Promise((yes, no) => {
    const request = indexedDB.open("dirbtuve", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("kept");
      request.result.createObjectStore("queue", { keyPath: "place", autoIncrement: true }).createIndex("id", "id", { unique: true });
    };
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  return opening;
}

// One transaction of one store; what it gives is given once it is on the disk.
async function within(store, mode, act) {
  const transaction = (await books()).transaction(store, mode, { durability: "strict" });
  const finished = new Promise((yes, no) => {
    transaction.oncomplete = yes;
    transaction.onabort = transaction.onerror = () => no(transaction.error);
  });
  const result = act(transaction.objectStore(store));
  const value = result instanceof IDBRequest ? await done(result) : result;
  await finished;
  return value;
}

async function key() {
  const found = await within("kept", "readonly", (store) => store.get("key"));
  if (found) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  // two tabs at once: the first one's key stays
  await within("kept", "readwrite", (store) => store.add(made, "key")).catch(() => undefined);
  return within("kept", "readonly", (store) => store.get("key"));
}

async function sealed(value) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), text) };
}

async function opened({ iv, data }) {
  return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, await key(), data)));
}

// ---------- the roster ----------

export async function keepRoster(roster) {
  const row = { ...(await sealed(roster)), at: Date.now() };
  await within("kept", "readwrite", (store) => store.put(row, "roster"));
}

// The roster with the moment it is of; null when there is none or it is older than a week: then it is gone.
export async function rosterKept() {
  const row = await within("kept", "readonly", (store) => store.get("roster"));
  if (!row) return null;
  if (Date.now() - row.at > WEEK) {
    await forgetRoster();
    return null;
  }
  return { ...(await opened(row)), at: row.at };
}

export async function forgetRoster() {
  await within("kept", "readwrite", (store) => store.delete("roster"));
}

// ---------- what waits ----------

export const freshKey = () => [...crypto.getRandomValues(new Uint8Array(18))].map((one) => one.toString(36).padStart(2, "0")).join("");

// An entry: the address and the fields of its form. Who logged it is put on now, and stays whoever signs in later. `tried`: it may have
// reached the server, though no answer came. Raises when nobody is known on this device.
export async function hold(path, fields, tried = false) {
  const roster = await rosterKept();
  if (!roster) throw new Error("nobody is known here");
  const given = fields.filter(([name]) => name !== "csrf_token" && name !== "key");
  const own = fields.find(([name]) => name === "key");
  const entry = { path, fields: given, by: roster.stamp, name: roster.name, account: roster.account, workshop: roster.workshop,
    at: new Date().toISOString() };
  const row = { id: own ? own[1] : freshKey(), tried, refused: "", ...(await sealed(entry)) };
  try {
    await within("queue", "readwrite", (store) => store.add(row));
  } catch (error) {
    if (error?.name !== "ConstraintError") throw error; // sent twice, waits once
  }
}

export async function waiting() {
  const rows = await within("queue", "readonly", (store) => store.getAll());
  return Promise.all(rows.map(async (row) => ({ place: row.place, id: row.id, tried: row.tried, refused: row.refused, ...(await opened(row)) })));
}

export const howMany = () => within("queue", "readonly", (store) => store.count());

export const settle = (place) => within("queue", "readwrite", (store) => store.delete(place));

async function change(place, values) {
  await within("queue", "readwrite", (store) => {
    const request = store.get(place);
    request.onsuccess = () => request.result && store.put({ ...request.result, ...values });
  });
}

export const mark = (place) => change(place, { tried: true });
export const refuse = (place, said) => change(place, { refused: said });
export const again = (place) => change(place, { refused: "" });
