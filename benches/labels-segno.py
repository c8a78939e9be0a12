"""The sheets of `benches/labels.rs` by Python's segno and reportlab, for comparison.

    pip install segno reportlab
    python3 benches/labels-segno.py [COUNT] [OUT.pdf]

Same paper (24 labels of 63.5 x 33.9 mm on A4), same lines, same fonts, a QR of the same address in upper case with
medium error correction, dark modules as rectangles merged along their rows. Prints labels a second.
"""

import os
import secrets
import sys
import time

import segno
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen import canvas

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
WIDTH, HEIGHT, LEFT, TOP, GAP, COLUMNS, ROWS = 63.5, 33.9, 7.21, 12.9, 2.54, 3, 8
PADDING, QUIET = 2.0, 4


def draw(page, place, serial, count):
    code = "".join(secrets.choice(ALPHABET) for _ in range(14))
    symbol = segno.make_qr("HTTPS://SANVAT.HABAC.EXAMPLE/T/" + code, error="m", boost_error=False)
    rows = symbol.matrix
    left = (LEFT + place % COLUMNS * (WIDTH + GAP) + PADDING) * mm
    top = (297 - TOP - place // COLUMNS * HEIGHT) * mm
    side = (WIDTH - 2 * PADDING) * 0.44 * mm
    module = side / (len(rows) + 2 * QUIET)
    above = top - (HEIGHT * mm - side) / 2 - QUIET * module
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            end = x
            while end < len(row) and row[end]:
                end += 1
            if end > x:
                page.rect(left + (QUIET + x) * module, above - (y + 1) * module, (end - x) * module, module, 0, 1)
            x = end + 1
    lines = [
        ("Bold", 10.5, "Vải thiều sấy dẻo"),
        ("Regular", 7, "HTX Nông sản Đồng Vang (mẫu)"),
        ("Regular", 7, "Thôn Đồng Vang, xã Hà Bắc"),
        ("Regular", 7, "Lô K7Q2-M9"),
        ("Regular", 7, "HSD 01/11/2027"),
        ("Regular", 7, f"Số {serial}/{count}"),
        ("Bold", 7, "-".join(code[at : at + 4] for at in range(0, 14, 4))),
        ("Regular", 6, "Sản Vật Hà Bắc"),
    ]
    baseline = top - PADDING * mm - 9
    for font, size, text in lines:
        page.setFont(font, size)
        page.drawString(left + side, baseline, text)
        baseline -= size * 1.3


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    out = sys.argv[2] if len(sys.argv) > 2 else os.devnull
    fonts = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "seed", "fonts")
    for name in ("Regular", "Bold"):
        pdfmetrics.registerFont(TTFont(name, os.path.join(fonts, f"BeVietnamPro-{name}.ttf")))
    begun = time.monotonic()
    page = canvas.Canvas(out, pagesize=(210 * mm, 297 * mm))
    for number in range(count):
        if number and number % (COLUMNS * ROWS) == 0:
            page.showPage()
        draw(page, number % (COLUMNS * ROWS), number + 1, count)
    page.save()
    took = time.monotonic() - begun
    print(f"segno {segno.__version__} + reportlab: {count} labels in {took:.2f} s, {count / took:.0f} labels a second")


if __name__ == "__main__":
    main()
