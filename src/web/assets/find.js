// Suggests while somebody types into form[data-suggest]; the form searches without it.
// A combobox with a list (WAI-ARIA 1.2): arrows move, Enter opens, Escape closes.
(function () {
  'use strict';
  document.querySelectorAll('form[data-suggest]').forEach(function (form) {
    var input = form.querySelector('input[type=search]');
    var list = document.createElement('ul');
    var asked = null, timer = 0, at = -1;
    list.id = 'goi-y';
    list.className = 'hits';
    list.hidden = true;
    list.setAttribute('role', 'listbox');
    list.setAttribute('aria-label', form.dataset.label || '');
    form.appendChild(list);
    input.setAttribute('role', 'combobox');
    input.setAttribute('aria-autocomplete', 'list');
    input.setAttribute('aria-controls', list.id);
    close();

    input.addEventListener('input', function () {
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    });
    input.addEventListener('keydown', function (event) {
      if (event.isComposing) return;
      var options = list.querySelectorAll('[role=option]');
      if (event.key === 'Escape' && !list.hidden) { close(); event.preventDefault(); }
      else if (event.key === 'ArrowDown' && !list.hidden) { move(options, (at + 1) % options.length); event.preventDefault(); }
      else if (event.key === 'ArrowUp' && !list.hidden) { move(options, (at < 1 ? options.length : at) - 1); event.preventDefault(); }
      else if (event.key === 'Enter' && at >= 0 && options[at]) { event.preventDefault(); location.href = options[at].dataset.url; }
    });
    input.addEventListener('blur', function () { setTimeout(close, 150); });
    list.addEventListener('pointerdown', function (event) { event.preventDefault(); });
    list.addEventListener('click', function (event) {
      var option = event.target.closest('[role=option]');
      if (option) location.href = option.dataset.url;
    });

    function ask() {
      var text = input.value.trim();
      if (asked) asked.abort();
      if (text.length < 2) { close(); return; }
      asked = new AbortController();
      fetch(form.dataset.suggest + '?q=' + encodeURIComponent(text), { signal: asked.signal })
        .then(function (answer) { return answer.ok ? answer.json() : null; })
        .then(function (found) { if (found && document.activeElement === input) show(found); })
        .catch(function () { /* away or outrun by the next letter: the form still searches */ });
    }

    function show(found) {
      list.textContent = '';
      at = -1;
      found.products.forEach(function (p) { add(p.url, p.parts, p.price, 0, p.picture); });
      found.producers.forEach(function (p, i) { add(p.url, p.parts, p.detail, !i); });
      found.categories.forEach(function (c, i) { add(c.url, [{ text: c.name }], String(c.count), !i); });
      list.hidden = !list.children.length;
      input.setAttribute('aria-expanded', String(!list.hidden));
      input.removeAttribute('aria-activedescendant');
    }

    // `first` of its kind: a line parts products, producers and categories.
    function add(url, parts, detail, first, picture) {
      var option = document.createElement('li'), name = document.createElement('span'), small = document.createElement('small');
      option.id = 'goi-y-' + list.children.length;
      option.dataset.url = url;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      parts.forEach(function (part) {
        var piece = document.createElement(part.hit ? 'mark' : 'span');
        piece.textContent = part.text;
        name.appendChild(piece);
      });
      small.textContent = detail;
      if (first && list.children.length) option.className = 'part';
      if (picture) {
        var image = new Image(64, 48);
        image.loading = 'lazy'; // narrow screens do not show it and so do not fetch it
        image.alt = '';
        image.src = picture;
        option.appendChild(image);
      }
      option.append(name, small);
      list.appendChild(option);
    }

    function move(options, to) {
      if (!options.length) return;
      if (options[at]) options[at].setAttribute('aria-selected', 'false');
      at = to;
      options[at].setAttribute('aria-selected', 'true');
      options[at].scrollIntoView({ block: 'nearest' });
      input.setAttribute('aria-activedescendant', options[at].id);
    }

    function close() {
      list.hidden = true;
      at = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    }
  });
})();
