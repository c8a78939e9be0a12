// Shows what a form would come to while it is filled in; without it a button of the form does.
//   form[data-live="url"]  asked for by GET with what is in the form
//   [data-live-part]       what of the page is shown anew, by its id
(function () {
  'use strict';
  document.querySelectorAll('form[data-live]').forEach(function (form) {
    var asked = null, timer = 0;
    form.addEventListener('input', function () {
      clearTimeout(timer);
      timer = setTimeout(ask, 250);
    });

    function ask() {
      if (asked) asked.abort();
      asked = new AbortController();
      var what = new URLSearchParams(new FormData(form));
      fetch(form.dataset.live + '?' + what, { signal: asked.signal })
        .then(function (answer) { return answer.text(); })
        .then(show)
        .catch(function () { /* away, or outrun by the next change: the button still does it */ });
    }

    function show(text) {
      var page = new DOMParser().parseFromString(text, 'text/html');
      form.querySelectorAll('[data-live-part]').forEach(function (part) {
        var fresh = page.getElementById(part.id);
        if (fresh) part.replaceChildren.apply(part, Array.from(fresh.childNodes));
      });
    }
  });
})();
