#!/bin/sh
# The sheets of `benches/labels.rs` by Debian's glabels in batch mode, for comparison.
#
#     apt-get install glabels
#     sh benches/labels-glabels.sh [COUNT] [OUT.pdf]
#
# Same paper (24 labels of 63.5 x 33.9 mm on A4: Avery L7159), same lines, a QR of the same address with its code
# merged in from a CSV file. Prints labels a second. glabels chooses the symbol's error correction itself. Objects
# without their matrix (a0 … a5) are printed with no size at all.
set -eu
count=${1:-10000}
out=${2:-/dev/null}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
awk -v count="$count" 'BEGIN {
  srand()
  letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
  print "serial,code,address"
  for (n = 1; n <= count; n++) {
    code = ""
    for (at = 0; at < 14; at++) code = code substr(letters, int(rand() * 32) + 1, 1)
    print n "," code ",HTTPS://SANVAT.HABAC.EXAMPLE/T/" code
  }
}' >"$folder/codes.csv"

# text SIZE WEIGHT TOP CONTENT
text() {
  cat <<XML
    <Object-text a0="1" a1="0" a2="0" a3="1" a4="0" a5="0" x="27mm" y="$3mm" w="35mm" h="5mm" justify="Left" valign="Top" auto_shrink="False">
      <Span font_family="Be Vietnam Pro" font_size="$1" font_weight="$2" font_italic="False" color="0x000000ff" line_spacing="1">$4</Span>
    </Object-text>
XML
}
{
  cat <<XML
<?xml version="1.0"?>
<Glabels-document xmlns="http://glabels.org/xmlns/3.0/">
  <Template brand="Avery" part="L7159" size="A4">
    <Label-rectangle id="0" width="63.5mm" height="33.9mm" round="0">
      <Layout nx="3" ny="8" x0="7.21mm" y0="12.9mm" dx="66.04mm" dy="33.9mm"/>
    </Label-rectangle>
  </Template>
  <Objects id="0" rotate="False">
    <Object-barcode a0="1" a1="0" a2="0" a3="1" a4="0" a5="0" x="2mm" y="4mm" w="25mm" h="25mm" backend="libqrencode" style="IEC18004" text="False" checksum="False" color="0x000000ff" field="address"/>
XML
  text 10.5 Bold 2 "Vải thiều sấy dẻo"
  text 7 Normal 7 "HTX Nông sản Đồng Vang (mẫu)"
  text 7 Normal 10.5 "Thôn Đồng Vang, xã Hà Bắc"
  text 7 Normal 14 "Lô K7Q2-M9"
  text 7 Normal 17.5 "HSD 01/11/2027"
  text 7 Normal 21 "Số <Field name=\"serial\"/>/$count"
  text 7 Bold 24.5 "<Field name=\"code\"/>"
  text 6 Normal 28 "Sản Vật Hà Bắc"
  cat <<XML
  </Objects>
  <Merge type="Text/Comma/Line1Keys" src="$folder/codes.csv"/>
  <Data/>
</Glabels-document>
XML
} >"$folder/sheet.glabels"
batch=$(command -v glabels-3-batch || command -v glabels-batch)
begun=$(date +%s.%N)
"$batch" -i "$folder/codes.csv" -o "$folder/out.pdf" "$folder/sheet.glabels" >/dev/null
awk -v from="$begun" -v to="$(date +%s.%N)" -v count="$count" \
  'BEGIN { printf "glabels: %d labels in %.2f s, %.0f labels a second\n", count, to - from, count / (to - from) }'
cp "$folder/out.pdf" "$out"
