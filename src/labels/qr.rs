//! The QR symbol of a label: the address of its code, as SVG for pages, PNG for downloads and modules
//! for whoever draws vectors.
//!
//! The address is written in upper case (`HTTPS://HOST/T/CODE`), because QR's alphanumeric mode has no
//! lower case and packs two characters into 11 bits (ISO/IEC 18004:2015, 7.4.4): a symbol with fewer,
//! larger modules that cheap phones read. Scheme and host mean the same in any case (RFC 3986, 3.1 and
//! 3.2.2) and the scan page answers `/T/` as well as `/t/`.
//!
//! Start with [`label_url`], then [`svg`], [`png`] or [`QrModules::of`].

use std::fmt::Write as _;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use qrcode::bits::Bits;
use qrcode::{Color, EcLevel, QrCode, Version};

use super::code::LabelCode;

/// Light modules that must surround a symbol (ISO/IEC 18004:2015, 6.3.8).
pub const QUIET_ZONE: usize = 4;
/// Largest size of a module in a PNG: a label's symbol is then about 4,000 pixels wide.
pub const MAX_PIXELS_PER_MODULE: u32 = 100;
/// Punctuation of alphanumeric mode beside digits and A–Z (ISO/IEC 18004:2015, table 5).
const ALPHANUMERIC_PUNCTUATION: &str = " $%*+-./:";

/// How much of a symbol may be soiled or torn before it can't be read (ISO/IEC 18004:2015, 6.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Correction {
    /// About 7%.
    Low,
    /// About 15%: enough for a label on a bag or a crate.
    #[default]
    Medium,
    /// About 25%.
    Quartile,
    /// About 30%.
    High,
}

/// Why no symbol could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// The text has a character that alphanumeric mode lacks.
    #[error("“{0}” cannot stand in an alphanumeric QR code")]
    NotAlphanumeric(char),
    /// There is nothing to encode.
    #[error("a QR code needs some text")]
    Empty,
    /// More text than the largest symbol holds.
    #[error("{0} characters are too many for a QR code")]
    TooLong(usize),
    /// A module of 0 or more than [`MAX_PIXELS_PER_MODULE`] pixels.
    #[error("a module must be 1 to {MAX_PIXELS_PER_MODULE} pixels wide, not {0}")]
    PixelsPerModule(u32),
    /// The picture could not be written.
    #[error("the picture of the QR code could not be written: {0}")]
    Picture(String),
}

/// Why the service's address cannot be the start of a label's address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Neither `http://` nor `https://`.
    #[error("“{0}” is not an http or https address")]
    Scheme(String),
    /// No host, or one that cannot be written in alphanumeric mode (an IPv6 literal, an underscore).
    #[error("the host of “{0}” cannot stand in a QR code: use a name (IDN as xn--…) or an IPv4 address")]
    Host(String),
    /// The port is not a number from 1 to 65535.
    #[error("the port of “{0}” is not a number from 1 to 65535")]
    Port(String),
    /// A path, query or fragment: upper case would change it.
    #[error("“{0}” must end after the host and port: labels are served at the root")]
    Path(String),
}

/// The address that a label's QR holds: `HTTPS://HOST[:PORT]/T/CODE`, from the service's public
/// address such as `https://sanvat.example` or, on a local network, `http://192.168.1.20:8080`.
pub fn label_url(public_url: &str, code: LabelCode) -> Result<String, AddressError> {
    let address = public_url.trim();
    let (scheme, rest) = address
        .split_once("://")
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
        .ok_or_else(|| AddressError::Scheme(address.to_owned()))?;
    let authority = rest.strip_suffix('/').unwrap_or(rest);
    if authority.contains(['/', '?', '#']) {
        return Err(AddressError::Path(address.to_owned()));
    }
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (authority, None),
    };
    if host.is_empty() || !host.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
        return Err(AddressError::Host(address.to_owned()));
    }
    if port.is_some_and(|port| !port.bytes().all(|b| b.is_ascii_digit()) || !matches!(port.parse::<u16>(), Ok(1..))) {
        return Err(AddressError::Port(address.to_owned()));
    }
    Ok(format!("{scheme}://{authority}/T/{}", code.compact()).to_ascii_uppercase())
}

/// A symbol as a square of dark and light modules, without its quiet zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrModules {
    width: usize,
    dark: Vec<bool>,
}

impl QrModules {
    /// The smallest symbol that holds `text` in alphanumeric mode with medium error correction.
    pub fn of(text: &str) -> Result<Self, QrError> {
        Self::with_correction(text, Correction::default())
    }

    /// The smallest symbol that holds `text` in alphanumeric mode. One segment only: a text that would
    /// need byte mode is an error, never a larger symbol.
    pub fn with_correction(text: &str, correction: Correction) -> Result<Self, QrError> {
        if text.is_empty() {
            return Err(QrError::Empty);
        }
        if let Some(character) = text.chars().find(|&c| !is_alphanumeric(c)) {
            return Err(QrError::NotAlphanumeric(character));
        }
        let level = match correction {
            Correction::Low => EcLevel::L,
            Correction::Medium => EcLevel::M,
            Correction::Quartile => EcLevel::Q,
            Correction::High => EcLevel::H,
        };
        let symbol = (1..=40)
            .find_map(|version| {
                let mut bits = Bits::new(Version::Normal(version));
                bits.push_alphanumeric_data(text.as_bytes()).ok()?;
                bits.push_terminator(level).ok()?;
                QrCode::with_bits(bits, level).ok()
            })
            .ok_or(QrError::TooLong(text.len()))?;
        let width = symbol.width();
        Ok(Self { width, dark: symbol.into_colors().into_iter().map(|color| color == Color::Dark).collect() })
    }

    /// Modules in a row, quiet zone not counted: 21 to 177.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Modules in a row with the quiet zone on both sides.
    pub fn width_with_quiet_zone(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// Whether the module in column `x`, row `y` (from 0 at the top left) is dark. Outside is light.
    pub fn dark(&self, x: usize, y: usize) -> bool {
        x < self.width && y < self.width && self.dark[y * self.width + x]
    }

    /// The closed outlines of the dark areas, as corner points in module units from the symbol's top
    /// left. Areas lie to the right of the way walked, so holes run the other way round and both fill
    /// rules give the same picture. One path of these has no seams between modules, unlike squares
    /// side by side, which viewers blend into hairlines.
    pub fn outlines(&self) -> Vec<Vec<(usize, usize)>> {
        // Every closed outline goes right somewhere, along the top of a dark module: those edges find all.
        let mut outlines = Vec::new();
        let mut walked = vec![false; self.dark.len()];
        for y in 0..self.width {
            for x in 0..self.width {
                if self.is_top_edge(x, y) && !walked[y * self.width + x] {
                    outlines.push(self.walk(x, y, &mut walked));
                }
            }
        }
        outlines
    }

    /// Whether the upper side of module (x, y) has dark below and light above.
    fn is_top_edge(&self, x: usize, y: usize) -> bool {
        self.dark(x, y) && (y == 0 || !self.dark(x, y - 1))
    }

    /// Follows one outline from the top left corner of module (x, y), noting the top edges it takes.
    fn walk(&self, x: usize, y: usize, walked: &mut [bool]) -> Vec<(usize, usize)> {
        // Rows are searched from the left, so the start is always a corner, never amid a straight edge.
        let mut corners = vec![(x, y)];
        let mut at = (x, y);
        let mut heading = Heading::Right;
        loop {
            if heading == Heading::Right {
                walked[at.1 * self.width + at.0] = true;
            }
            at = heading.step(at);
            let next = if !self.dark_ahead(at, heading, Side::Right) {
                heading.right()
            } else if self.dark_ahead(at, heading, Side::Left) {
                heading.left()
            } else {
                heading
            };
            if at == (x, y) && next == Heading::Right {
                return corners;
            }
            if next != heading {
                corners.push(at);
            }
            heading = next;
        }
    }

    /// Whether the module ahead of a corner point, on one side of the way, is dark.
    fn dark_ahead(&self, (x, y): (usize, usize), heading: Heading, side: Side) -> bool {
        // The four modules around a corner point lie up or down and left or right of it.
        let (right_of_point, below_point) = match (heading, side) {
            (Heading::Right, Side::Right) | (Heading::Down, Side::Left) => (true, true),
            (Heading::Right, Side::Left) | (Heading::Up, Side::Right) => (true, false),
            (Heading::Down, Side::Right) | (Heading::Left, Side::Left) => (false, true),
            (Heading::Left, Side::Right) | (Heading::Up, Side::Left) => (false, false),
        };
        let column = if right_of_point { Some(x) } else { x.checked_sub(1) };
        let row = if below_point { Some(y) } else { y.checked_sub(1) };
        column.zip(row).is_some_and(|(column, row)| self.dark(column, row))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    Right,
    Down,
    Left,
    Up,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

impl Heading {
    fn right(self) -> Self {
        match self {
            Self::Right => Self::Down,
            Self::Down => Self::Left,
            Self::Left => Self::Up,
            Self::Up => Self::Right,
        }
    }

    fn left(self) -> Self {
        self.right().right().right()
    }

    fn step(self, (x, y): (usize, usize)) -> (usize, usize) {
        match self {
            Self::Right => (x + 1, y),
            Self::Down => (x, y + 1),
            Self::Left => (x - 1, y),
            Self::Up => (x, y - 1),
        }
    }
}

/// `text` as an SVG picture with its quiet zone, 4 CSS pixels per module unless a style sheet scales
/// it. `title` is what a screen reader says. Nothing in it needs inline style or script.
pub fn svg(text: &str, title: &str) -> Result<String, QrError> {
    let modules = QrModules::of(text)?;
    let side = modules.width_with_quiet_zone();
    let pixels = side * 4;
    let mut path = String::new();
    for outline in modules.outlines() {
        let mut from = (0, 0);
        for (index, &(x, y)) in outline.iter().enumerate() {
            let written = if index == 0 {
                write!(path, "M{} {}", x + QUIET_ZONE, y + QUIET_ZONE)
            } else if y == from.1 {
                write!(path, "h{}", x as i64 - from.0 as i64)
            } else {
                write!(path, "v{}", y as i64 - from.1 as i64)
            };
            debug_assert!(written.is_ok(), "a String takes any text");
            from = (x, y);
        }
        path.push('z');
    }
    let title = escape_xml(title);
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{pixels}\" height=\"{pixels}\" \
         role=\"img\" shape-rendering=\"crispEdges\"><title>{title}</title>\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

/// `text` as a grey PNG with its quiet zone, each module `pixels_per_module` pixels wide.
pub fn png(text: &str, pixels_per_module: u32) -> Result<Vec<u8>, QrError> {
    if !(1..=MAX_PIXELS_PER_MODULE).contains(&pixels_per_module) {
        return Err(QrError::PixelsPerModule(pixels_per_module));
    }
    let modules = QrModules::of(text)?;
    let scale = pixels_per_module as usize;
    let side = modules.width_with_quiet_zone() * scale;
    let mut pixels = Vec::with_capacity(side * side);
    for y in 0..modules.width_with_quiet_zone() {
        let row: Vec<u8> = (0..side)
            .map(|pixel| {
                let column = (pixel / scale).checked_sub(QUIET_ZONE);
                let row = y.checked_sub(QUIET_ZONE);
                let dark = column.zip(row).is_some_and(|(x, y)| modules.dark(x, y));
                if dark { 0 } else { 255 }
            })
            .collect();
        for _ in 0..scale {
            pixels.extend_from_slice(&row);
        }
    }
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Best, FilterType::Up)
        .write_image(&pixels, side as u32, side as u32, ExtendedColorType::L8)
        .map_err(|error| QrError::Picture(error.to_string()))?;
    Ok(file)
}

fn is_alphanumeric(character: char) -> bool {
    character.is_ascii_digit() || character.is_ascii_uppercase() || ALPHANUMERIC_PUNCTUATION.contains(character)
}

/// Text as it may stand in an XML document.
pub(super) fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // XML 1.0 allows no other control characters (section 2.2).
            '\t' | '\n' | '\r' => escaped.push(' '),
            control if control.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
