element.innerHTML = FRAME;
element.querySelector("iframe").onload = () => { // Jupyter runs a script before its output is a part of the page.
  const picture = element.closest(".jp-OutputArea-child")?.previousElementSibling;
  if (picture) picture.style.display = "none";
};
