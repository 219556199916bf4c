// Reads a badge with the camera where the browser can (BarcodeDetector); without it a scanner types into the field.

const form = document.querySelector("form[data-badge]");
const button = form?.querySelector("[data-camera]");

async function start() {
  const video = form.querySelector("video");
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  window.addEventListener("pagehide", stop, { once: true });
  video.srcObject = stream;
  video.hidden = false;
  await video.play();
  button.hidden = true;
  form.querySelector("[data-camera-off]").hidden = true;
  form.querySelector("[data-camera-on]").hidden = false;
  watch(video, stop);
}

async function watch(video, stop) {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  const look = async () => {
    const found = await detector.detect(video).catch(() => []);
    if (!found.length) return setTimeout(look, 250);
    stop();
    form.elements.namedItem("badge").value = found[0].rawValue;
    return form.requestSubmit();
  };
  look();
}

if (button && "BarcodeDetector" in window && navigator.mediaDevices) {
  button.hidden = false;
  button.addEventListener("click", () => {
    start().catch(() => {
      button.hidden = true;
      form.querySelector("[data-camera-fault]").hidden = false;
    });
  });
}
