// Shows the minus and plus of a stepper; without this file it stays a number field.

const places = (text) => (text.split(".")[1] || "").length;

// Works in whole units of the step's last decimal, so that 0.1 + 0.2 is 0.3.
function stepped(input, direction) {
  const step = input.step === "any" || input.step === "" ? "1" : input.step;
  const digits = Math.max(places(step), places(input.value));
  const scale = 10 ** digits;
  const whole = (text) => Math.round(Number(text || 0) * scale);
  let next = whole(input.value) + direction * whole(step);
  if (input.min !== "") next = Math.max(next, whole(input.min));
  if (input.max !== "") next = Math.min(next, whole(input.max));
  return String(next / scale);
}

// Brings the steppers of a part of the page to life; parts that come later call it themselves.
export function wire(root) {
  for (const stepper of root.querySelectorAll("[data-stepper]")) {
    const input = stepper.querySelector("input");
    for (const button of stepper.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        const before = input.value;
        input.value = stepped(input, Number(button.dataset.step));
        if (input.value !== before) input.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  }
}

wire(document);
