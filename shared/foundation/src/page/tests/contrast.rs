//! The colours of the style sheet are legible, in both schemes (WCAG 2.2 §1.4.3 and §1.4.11).

use super::asset;

/// The pairs that meet on a page, and the contrast that each needs.
const PAIRS: [(&str, &str, f64); 16] = [
    ("on-accent", "accent", 4.5),
    ("accent", "surface", 3.0),
    ("accent", "background", 3.0),
    ("edge", "surface", 3.0),
    ("link", "surface", 4.5),
    ("link", "background", 4.5),
    ("text", "surface", 4.5),
    ("text", "background", 4.5),
    ("text", "sunken", 4.5),
    ("muted", "surface", 4.5),
    ("muted", "background", 4.5),
    ("muted", "sunken", 4.5),
    ("error", "surface", 4.5),
    ("error", "background", 4.5),
    ("error", "error-wash", 4.5),
    ("good", "good-wash", 4.5),
];

#[test]
fn colours_have_contrast_in_both_schemes() {
    let css = std::str::from_utf8(asset("latchkey.css").unwrap().bytes).unwrap();
    let schemes: Vec<&str> =
        css.split(":root {\n").skip(1).filter_map(|rest| rest.split('}').next()).collect();
    assert_eq!(schemes.len(), 2);
    for scheme in schemes {
        for (ink, paper, needed) in PAIRS {
            let contrast = contrast(luminance(scheme, ink), luminance(scheme, paper));
            assert!(contrast >= needed, "{ink} on {paper}: {contrast:.2}");
        }
    }
}

fn contrast(one: f64, other: f64) -> f64 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(scheme: &str, variable: &str) -> f64 {
    let (_, rest) = scheme.split_once(&format!("--lk-{variable}: #")).unwrap();
    let channel = |at: usize| f64::from(u8::from_str_radix(&rest[at..at + 2], 16).unwrap()) / 255.0;
    let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
    0.2126 * linear(channel(0)) + 0.7152 * linear(channel(2)) + 0.0722 * linear(channel(4))
}
