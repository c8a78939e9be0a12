//! What surrounds a drawing in a sample picture: ground colours, light, table, and small tonal leaves.
//!
//! Start at [`surroundings`]. Everything is chosen by a [`Dice`] so that the same drawing and variant
//! always give the same picture. Coordinates are those of the drawings: 400 by 300, y downwards.

use std::fmt::Write as _;

/// Five tones of one ground, from the mock-ups' drawings.
struct Palette {
    name: &'static str,
    /// Wall or sky.
    base: &'static str,
    /// Where the light falls.
    light: &'static str,
    /// Table or earth.
    ground: &'static str,
    /// Shadow on the ground.
    shade: &'static str,
    /// Leaves and patterns that should stay in the background.
    tone: &'static str,
}

const PALETTES: [Palette; 10] = [
    palette("rose", "#efcfc3", "#f7e3d8", "#dcb3a4", "#c89a8a", "#e4bcae"),
    palette("green", "#cfdcb0", "#e4ecca", "#b4c58e", "#9bae74", "#bccd98"),
    palette("honey", "#f0d596", "#f8e7bb", "#dcb96c", "#c6a153", "#e4c47c"),
    palette("sage", "#d6d8bd", "#e8e8d3", "#b9bb98", "#a2a480", "#c5c8a8"),
    palette("clay", "#dfc6b2", "#edddcb", "#c6a58c", "#ae8c73", "#d1b29b"),
    palette("lime", "#d9dfb4", "#ecefd0", "#bcc58c", "#a3ad72", "#c8d09c"),
    palette("straw", "#e9dab0", "#f4eace", "#cdb987", "#b5a06d", "#d9c797"),
    palette("peach", "#f0d3b0", "#f8e5cb", "#d9b387", "#c49b6d", "#e3c29b"),
    palette("water", "#c9dbd6", "#e0ebe6", "#a6bfb8", "#8ca8a0", "#b6ccc6"),
    palette("mauve", "#d9d0dc", "#e9e3ea", "#b9adc0", "#a194a9", "#c8bdce"),
];

const fn palette(
    name: &'static str,
    base: &'static str,
    light: &'static str,
    ground: &'static str,
    shade: &'static str,
    tone: &'static str,
) -> Palette {
    Palette { name, base, light, ground, shade, tone }
}

/// Whether a palette of this name exists.
pub fn is_palette(name: &str) -> bool {
    PALETTES.iter().any(|palette| palette.name == name)
}

/// A small reproducible source of choices (`SplitMix64`); pictures must not change between runs.
pub struct Dice(u64);

impl Dice {
    /// Dice for one picture: the drawing's key and its variant.
    pub fn new(key: &str, variant: u32) -> Self {
        // FNV-1a spreads the short keys before the first throw.
        let hash = key
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        Self(hash ^ u64::from(variant).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() % bound as u64) as usize }
    }

    /// A number from `low` up to `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True `percent` times in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// The layers behind a drawing.
///
/// `stand` is the height of the line on which the subject stands, `None` for what hangs or floats;
/// `names` are the palettes that suit the drawing (all of them when empty). `turn` picks among them in order, so
/// that neighbouring variants differ.
pub fn surroundings(dice: &mut Dice, names: &[String], turn: u32, stand: Option<f64>) -> String {
    let fitting: Vec<&Palette> =
        PALETTES.iter().filter(|palette| names.is_empty() || names.iter().any(|name| name == palette.name)).collect();
    let palette = fitting.get(turn as usize % fitting.len().max(1)).copied().unwrap_or(&PALETTES[0]);
    let mut svg = format!(r#"<path fill="{}" d="M0 0H400V300H0Z"/>"#, palette.base);
    light(&mut svg, dice, palette, stand);
    if dice.chance(55) {
        corner_leaves(&mut svg, dice, palette);
    }
    if let Some(line) = stand {
        table(&mut svg, dice, palette, line);
    }
    svg
}

/// Where the light comes from: a disc, an arch, sun rays, hills, a lattice or a slope.
fn light(svg: &mut String, dice: &mut Dice, palette: &Palette, stand: Option<f64>) {
    let (light, tone) = (palette.light, palette.tone);
    match dice.below(6) {
        0 => disc(svg, 118.0, light),
        1 => {
            let _ = write!(
                svg,
                r#"<path fill="{light}" d="M84 300V150A116 116 0 0 1 316 150V300Z"/><path fill="none" stroke="{light}" stroke-width="4" d="M68 300V150A132 132 0 0 1 332 150V300"/>"#
            );
        }
        2 => {
            let turn = dice.between(0.0, 20.0);
            let _ = write!(
                svg,
                r#"<g transform="translate(200 150) rotate({turn:.1})" fill="{light}" fill-opacity=".75">"#
            );
            for ray in 0..9 {
                let _ = write!(svg, r#"<path d="M0 0 300-46V46Z" transform="rotate({})"/>"#, ray * 40);
            }
            svg.push_str("</g>");
            disc(svg, 84.0, light);
        }
        3 => {
            let sun = if dice.chance(50) { 92 } else { 308 };
            let _ = write!(
                svg,
                r#"<circle cx="{sun}" cy="76" r="40" fill="{light}"/><path fill="{light}" fill-opacity=".7" d="M0 190C90 140 190 150 260 178S360 190 400 168V300H0Z"/><path fill="{tone}" fill-opacity=".55" d="M0 236C120 200 240 240 400 208V300H0Z"/>"#
            );
        }
        4 => {
            disc(svg, 122.0, light);
            let _ = write!(svg, r#"<path stroke="{tone}" stroke-width="5" stroke-linecap="round" d=""#);
            for row in 0..8 {
                for column in 0..11 {
                    let _ = write!(svg, "M{} {}h0", column * 40 + (row % 2) * 20, row * 36 + 18);
                }
            }
            svg.push_str(r#""/>"#);
            disc(svg, 108.0, light);
        }
        _ => {
            let lean = dice.between(120.0, 210.0);
            let _ = write!(
                svg,
                r#"<path fill="{light}" d="M0 300V{:.0}L400 {:.0}V300Z"/><circle cx="200" cy="144" r="104" fill="{light}"/>"#,
                lean + 30.0,
                lean - 50.0
            );
        }
    }
    if stand.is_none() {
        let _ = write!(svg, r#"<path fill="{tone}" fill-opacity=".45" d="M0 276C110 256 280 292 400 266V300H0Z"/>"#);
    }
}

fn disc(svg: &mut String, radius: f64, fill: &str) {
    let _ = write!(svg, r#"<circle cx="200" cy="150" r="{radius}" fill="{fill}"/>"#);
}

/// Leaves in the ground's own tone, looking in from two corners.
fn corner_leaves(svg: &mut String, dice: &mut Dice, palette: &Palette) {
    const LEAF: &str = "M0 0C22-23 66-22 100 0 66 22 22 23 0 0Z";
    for (x, y, toward) in [(-8.0, -6.0, 42.0), (408.0, -6.0, 138.0)] {
        if dice.chance(25) {
            continue;
        }
        for leaf in 0..3 {
            let turn = toward + f64::from(leaf - 1) * 34.0 + dice.between(-8.0, 8.0);
            let size = dice.between(0.7, 1.05);
            let _ = write!(
                svg,
                r#"<path fill="{}" d="{LEAF}" transform="translate({x} {y}) rotate({turn:.0}) scale({size:.2})"/>"#,
                palette.tone
            );
        }
    }
}

/// The table: bare, planks, checked cloth, striped cloth or a woven mat; always with the subject's shadow.
fn table(svg: &mut String, dice: &mut Dice, palette: &Palette, line: f64) {
    let edge = line - dice.between(22.0, 40.0);
    let (ground, shade, light, tone) = (palette.ground, palette.shade, palette.light, palette.tone);
    let style = dice.below(6);
    if style > 0 {
        let _ = write!(svg, r#"<path fill="{ground}" d="M0 {edge:.0}H400V300H0Z"/>"#);
        let _ = write!(svg, r#"<path fill="{shade}" fill-opacity=".5" d="M0 {edge:.0}H400v4H0Z"/>"#);
    }
    match style {
        2 => {
            let _ = write!(
                svg,
                r#"<path stroke="{shade}" stroke-width="2" stroke-opacity=".7" d="M0 {:.0}H400M0 {:.0}H400M70 {edge:.0}V{:.0}M270 {:.0}V{:.0}M150 {:.0}V300M350 {:.0}V300"/>"#,
                edge + 26.0,
                edge + 54.0,
                edge + 26.0,
                edge + 26.0,
                edge + 54.0,
                edge + 54.0,
                edge + 54.0
            );
        }
        3 => {
            let _ = write!(
                svg,
                r#"<path fill="{light}" fill-opacity=".8" d="M0 {edge:.0}H400V300H0Z"/><path stroke="{tone}" stroke-width="13" stroke-opacity=".6" d=""#
            );
            for column in 0..15 {
                let _ = write!(svg, "M{} {edge:.0}V300", column * 28 + 6);
            }
            for row in 0..4 {
                let _ = write!(svg, "M0 {:.0}H400", edge + 12.0 + f64::from(row) * 28.0);
            }
            svg.push_str(r#""/>"#);
        }
        4 => {
            let _ = write!(svg, r#"<path stroke="{light}" stroke-width="7" stroke-opacity=".75" d=""#);
            for row in 0..4 {
                let _ = write!(svg, "M0 {:.0}H400", edge + 14.0 + f64::from(row) * 24.0);
            }
            svg.push_str(r#""/>"#);
        }
        5 => {
            let _ = write!(svg, r#"<path stroke="{tone}" stroke-width="4" stroke-dasharray="16 8" d=""#);
            for row in 0..9 {
                let _ = write!(svg, "M{} {:.0}H400", (row % 2) * -12, edge + 9.0 + f64::from(row) * 10.0);
            }
            svg.push_str(r#""/>"#);
        }
        _ => {}
    }
    let reach = dice.between(120.0, 150.0);
    let _ = write!(
        svg,
        r#"<ellipse cx="204" cy="{:.0}" rx="{reach:.0}" ry="11" fill="{shade}" fill-opacity=".85"/>"#,
        line + 2.0
    );
}
