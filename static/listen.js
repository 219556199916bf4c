// "Listen": the sound plays where the person is; a second press stops it. Without script the link opens the sound itself.

const link = document.querySelector("[data-listen] a");
let sound = null;

link?.addEventListener("click", (event) => {
  event.preventDefault();
  if (sound && !sound.paused) {
    sound.pause();
    return;
  }
  sound = new Audio(link.href);
  sound.play();
});
