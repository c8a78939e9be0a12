// Makes forms kinder; every form works without it.
//   form[data-guard]        asks before leaving with unsent input
//   form[data-draft="key"]  keeps what was typed in this tab until it is sent; data-restored="…" is said on return
//   [data-say]              where things are said (role=status)
(function () {
  'use strict';
  var summary = document.querySelector('.oops');
  if (summary) summary.focus();

  function say(form, text) {
    var place = form && form.querySelector('[data-say]');
    if (!place || !text) return;
    place.textContent = text;
    place.hidden = false;
  }

  function typed(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && !/^(hidden|password|file|submit|button)$/.test(field.type) && field.type !== 'fieldset';
    });
  }

  document.querySelectorAll('form[data-guard], form[data-draft]').forEach(function (form) {
    var dirty = false;
    var key = form.dataset.draft && 'draft:' + location.pathname + ':' + form.dataset.draft;
    var store = null;
    try { store = key && window.sessionStorage; } catch (refused) { store = null; }

    if (store && !form.querySelector('.wrong')) restore();

    form.addEventListener('input', function () {
      dirty = true;
      if (!store) return;
      var draft = typed(form).map(function (field) {
        return /radio|checkbox/.test(field.type) ? [field.name, field.value, field.checked] : [field.name, field.value];
      });
      try { store.setItem(key, JSON.stringify(draft)); } catch (full) { /* a full store loses only the draft */ }
    });
    form.addEventListener('submit', function () {
      dirty = false;
      if (store && navigator.onLine !== false) store.removeItem(key);
    });
    if ('guard' in form.dataset) window.addEventListener('beforeunload', function (event) {
      if (dirty) { event.preventDefault(); event.returnValue = ''; }
    });

    function restore() {
      var draft;
      try { draft = JSON.parse(store.getItem(key)); } catch (broken) { return; }
      if (!Array.isArray(draft)) return;
      var fields = typed(form), changed = false;
      // Another shape means that the page is newer than the draft.
      if (fields.length !== draft.length) return;
      fields.forEach(function (field, at) {
        var kept = draft[at];
        if (kept[0] !== field.name) return;
        if (kept.length === 3) {
          if (kept[1] === field.value && field.checked !== kept[2]) { field.checked = kept[2]; changed = true; }
        } else if (field.value !== kept[1]) { field.value = kept[1]; changed = true; }
      });
      if (changed) { dirty = true; say(form, form.dataset.restored); }
    }
  });
})();
