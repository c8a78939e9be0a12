//! What is named in templates and sources is there: assets, icons, templates, texts in both languages.

use std::path::{Path, PathBuf};

fn files(ending: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, ending: &str, found: &mut Vec<(PathBuf, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, ending, found);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), ending, &mut found);
    assert!(!found.is_empty());
    found
}

/// Every `before"name"` in a text.
fn named<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next()).collect()
}

#[test]
fn every_asset_that_is_named_is_there() {
    let mut count = 0;
    for (path, text) in files(".html").into_iter().chain(files(".rs")) {
        for before in ["page.asset(", "assets::url(", ".asset("] {
            for name in named(&text, before) {
                count += 1;
                assert!(sanvat::web::assets::exists(name), "{}: no asset {name}", path.display());
            }
        }
    }
    assert!(count >= 3, "{count} assets were found: the search is broken");
}

#[test]
fn every_icon_that_is_named_is_drawn() {
    let icons = files("icons.html").remove(0).1;
    let drawn = named(&icons, "when");
    assert!(drawn.len() > 10);
    for (path, text) in files(".html") {
        for name in named(&text, "icon(") {
            assert!(drawn.contains(&name) || path.ends_with("icons.html"), "{}: no icon {name}", path.display());
        }
    }
}

#[test]
fn every_template_is_used() {
    let sources: String = files(".rs").into_iter().chain(files(".html")).map(|(_, text)| text).collect();
    for (path, _) in files(".html") {
        let name = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).unwrap();
        let named = format!("\"{}\"", name.display());
        assert!(sources.contains(&named), "{named} is used by nothing");
    }
}

#[test]
fn templates_hold_no_words_of_one_language() {
    const NAMES: [&str; 2] = ["Sản Vật", "Tiếng Việt"];
    for (path, text) in files(".html") {
        let mut rest = text;
        for (open, close) in [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->")] {
            while let Some(start) = rest.find(open) {
                let end = rest[start..].find(close).map_or(rest.len(), |at| start + at + close.len());
                rest.replace_range(start..end, " ");
            }
        }
        for name in NAMES {
            rest = rest.replace(name, "");
        }
        let vietnamese = |c: &char| matches!(c, 'À'..='ỹ') && c.is_alphabetic();
        let word: String =
            rest.split_whitespace().filter(|word| word.chars().any(|c| vietnamese(&c))).take(5).collect();
        assert!(word.is_empty(), "{}: words outside the catalogues: {word}", path.display());
    }
}

#[test]
fn every_catalogue_is_compiled() {
    for (path, _) in files("texts.rs") {
        let parent = std::fs::read_to_string(path.with_file_name("mod.rs")).unwrap();
        assert!(parent.contains("mod texts;"), "{} is in no module", path.display());
    }
}
