// One line under the header for what went wrong; read out by screen readers.
let hide;

export function tell(text) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  clearTimeout(hide);
  hide = setTimeout(() => notice.replaceChildren(), 15_000);
}
