// What a basket comes to, worked out as core/till.py does: whole numbers only (cents, thousandths, thousandths of a percent), so
// that the page, a queue on the device and the server say the same sum. A test compares the two.

const WHOLE_QUANTITY = 1000n;
const WHOLE_PERCENT = 100000n;
const CASH_STEP = 5n;

// Half up, away from zero; the denominator is above zero.
function halfUp(numerator, denominator) {
  const size = (2n * (numerator < 0n ? -numerator : numerator) + denominator) / (2n * denominator);
  return numerator < 0n ? -size : size;
}

export const roundedCash = (cents) => Number(halfUp(BigInt(cents), CASH_STEP) * CASH_STEP);

// Largest remainder; among equal remainders the first lines get the last cents.
export function divided(cents, weights) {
  const sum = BigInt(cents);
  const parts = weights.map(BigInt);
  const whole = parts.reduce((left, right) => left + right, 0n);
  if (sum === 0n || whole === 0n) return weights.map(() => 0);
  const given = parts.map((weight) => (sum * weight) / whole);
  const order = parts.map((weight, place) => ({ place, rest: (sum * weight) % whole }));
  order.sort((one, other) => (one.rest === other.rest ? one.place - other.place : one.rest > other.rest ? -1 : 1));
  let left = sum - given.reduce((one, other) => one + other, 0n);
  for (const { place } of order) {
    if (left === 0n) break;
    given[place] += 1n;
    left -= 1n;
  }
  return given.map(Number);
}

// items: [{quantity (thousandths), price (cents)}]; a discount in thousandths of a percent or in cents.
export function bill(items, way, percent = 0, cents = 0) {
  const grosses = items.map((one) => Number(halfUp(BigInt(one.quantity) * BigInt(one.price), WHOLE_QUANTITY)));
  const gross = grosses.reduce((one, other) => one + other, 0);
  const off = cents || Number(halfUp(BigInt(gross) * BigInt(percent), WHOLE_PERCENT));
  const total = gross - off;
  const payable = way === "cash" ? roundedCash(total) : total;
  return { grosses, offs: divided(off, grosses), gross, off, total, payable, rounding: payable - total };
}

// "12,50" or "12.50" as a whole number of 1/10**places units; null when it cannot be read (the server says why).
export function read(text, places) {
  const found = /^([0-9]{1,3}(?:[ \u00a0\u202f][0-9]{3})+|[0-9]{1,9})(?:[.,]([0-9]+))?$/.exec(text.trim());
  if (!found || (found[2] ?? "").length > places) return null;
  return Number(found[1].replace(/\D/g, "") + (found[2] ?? "").padEnd(places, "0"));
}
