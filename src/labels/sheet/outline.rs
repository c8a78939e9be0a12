//! Outlines of glyphs as SVG.

use std::fmt::Write as _;

use rustybuzz::ttf_parser::OutlineBuilder;

/// Writes outlines as SVG path commands, scaled and moved to their place.
pub(super) struct Outline<'a> {
    pub(super) svg: &'a mut String,
    pub(super) scale: f32,
    pub(super) left: f32,
    pub(super) baseline: f32,
}

impl Outline<'_> {
    fn points(&mut self, command: char, points: &[(f32, f32)]) {
        self.svg.push(command);
        for (index, (x, y)) in points.iter().enumerate() {
            let (x, y) = (self.left + x * self.scale, self.baseline - y * self.scale);
            // Writing to a String does not fail.
            let _ = write!(self.svg, "{}{x:.2} {y:.2}", if index == 0 { "" } else { " " });
        }
    }
}

impl OutlineBuilder for Outline<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.points('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.points('L', &[(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.points('Q', &[(x1, y1), (x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.points('C', &[(x1, y1), (x2, y2), (x, y)]);
    }

    fn close(&mut self) {
        self.svg.push('z');
    }
}
