// Shrinks photos before they are sent, so that 3G is enough; the server does the same again for who has no script.
//   input[data-shrink="1600"]  longest side in pixels; what the camera wrote beside the picture (place, device) goes
//   data-busy, data-done       what is said in the form's [data-say] meanwhile and after
//   data-preview="id"          the list that shows what was chosen
(function () {
  'use strict';
  function say(form, text) {
    var place = form && form.querySelector('[data-say]');
    if (!place || !text) return;
    place.textContent = text;
    place.hidden = false;
  }

  if (!window.createImageBitmap || !window.DataTransfer) return;
  document.querySelectorAll('input[type=file][data-shrink]').forEach(function (input) {
    var round = 0;
    input.addEventListener('change', function () {
      var mine = ++round, side = +input.dataset.shrink || 1600;
      var list = document.getElementById(input.dataset.preview || '');
      if (list) list.textContent = '';
      if (!input.files.length) return;
      say(input.form, input.dataset.busy);
      Promise.all(Array.from(input.files).map(function (file) { return shrink(file, side, list); })).then(function (files) {
        if (mine !== round) return; // other photos were chosen meanwhile
        var chosen = new DataTransfer();
        files.forEach(function (file) { chosen.items.add(file); });
        input.files = chosen.files;
        say(input.form, input.dataset.done);
      });
    });
  });

  function shrink(file, side, list) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (photo) {
      var scale = Math.min(1, side / Math.max(photo.width, photo.height));
      if (list) list.appendChild(document.createElement('li')).appendChild(draw(photo, Math.min(1, 320 / photo.width)));
      var canvas = draw(photo, scale);
      photo.close();
      return new Promise(function (done) { canvas.toBlob(done, 'image/jpeg', 0.85); }).then(function (blob) {
        if (!blob || (scale === 1 && blob.size >= file.size)) return file;
        return new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' });
      });
    }).catch(function () { return file; }); // the server says what is wrong with it
  }

  function draw(photo, scale) {
    var canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(photo.width * scale));
    canvas.height = Math.max(1, Math.round(photo.height * scale));
    var pen = canvas.getContext('2d');
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(photo, 0, 0, canvas.width, canvas.height);
    return canvas;
  }
})();
