// Keys and ticks for officers who review many; every page works without it.
//   [data-key="d"]         a button or link that the key D presses (off while typing and when turned off)
//   [data-needs="id"]      its key goes to that field first while the field is empty
//   input[data-keys]       turns the keys off and on, remembered (WCAG 2.1.4)
//   input[data-all="name"] ticks all rows of that name; [data-count="name"] shows how many are ticked
(function () {
  'use strict';
  var on = true;
  try { on = localStorage.getItem('keys') !== 'off'; } catch (refused) { on = true; }
  var toggle = document.querySelector('input[data-keys]');
  if (toggle) {
    toggle.checked = on;
    toggle.addEventListener('change', function () {
      on = toggle.checked;
      try { localStorage.setItem('keys', on ? 'on' : 'off'); } catch (refused) { /* then for this page only */ }
    });
  }

  document.addEventListener('keydown', function (event) {
    if (!on || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
    var at = event.target;
    if (at.isContentEditable || (at.matches && at.matches('textarea, select, input:not([type=checkbox]):not([type=radio])'))) return;
    if (event.key.length !== 1) return;
    var target = document.querySelector('[data-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (!target || target.disabled) return;
    event.preventDefault();
    var needed = document.getElementById(target.dataset.needs || '');
    if (needed && !needed.value.trim()) needed.focus();
    else target.click();
  });

  function rows(name) {
    return Array.from(document.querySelectorAll('input[type=checkbox][name="' + CSS.escape(name) + '"]'));
  }

  function count(name) {
    var ticked = rows(name).filter(function (row) { return row.checked; }).length;
    document.querySelectorAll('[data-count="' + CSS.escape(name) + '"]').forEach(function (place) {
      place.textContent = ticked;
    });
    document.querySelectorAll('input[data-all="' + CSS.escape(name) + '"]').forEach(function (all) {
      all.checked = ticked > 0 && ticked === rows(name).length;
      all.indeterminate = ticked > 0 && !all.checked;
    });
  }

  document.addEventListener('change', function (event) {
    var box = event.target;
    if (box.dataset.all) rows(box.dataset.all).forEach(function (row) { row.checked = box.checked; });
    if (box.type === 'checkbox') count(box.dataset.all || box.name);
  });
  document.querySelectorAll('[data-count]').forEach(function (place) { count(place.dataset.count); });
})();
