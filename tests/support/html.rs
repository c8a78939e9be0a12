//! The rules that the HTML of every page keeps: valid, in its language, usable by ear and by keyboard, nothing
//! inline that the content security policy would refuse, no text left unfilled.
//!
//! Start at [`faults`].

use std::collections::{HashMap, HashSet};

use sanvat::web::i18n::Lang;
use scraper::{ElementRef, Html, Node};

use super::page::{Page, selector, text_of};

/// What is wrong with a page that shall be in `lang`; empty if nothing.
pub fn faults(page: &Page, lang: Lang) -> Vec<String> {
    faults_in(&page.body(), lang)
}

/// What is wrong with a document that shall be in `lang`; empty if nothing.
pub fn faults_in(html: &str, lang: Lang) -> Vec<String> {
    let dom = Html::parse_document(html);
    let mut found = Vec::new();
    for error in dom.errors.iter().collect::<HashSet<_>>() {
        found.push(format!("not valid HTML: {error}"));
    }
    language(&dom, lang, &mut found);
    headings(&dom, &mut found);
    let ids = ids(&dom, &mut found);
    references(&dom, &ids, &mut found);
    labels(&dom, &ids, &mut found);
    names(&dom, &mut found);
    policy(&dom, &mut found);
    leftovers(&dom, &mut found);
    forms(&dom, &mut found);
    found
}

fn all<'a>(dom: &'a Html, css: &str) -> Vec<ElementRef<'a>> {
    dom.select(&selector(css)).collect()
}

/// How an element shows in a message.
fn shown(element: ElementRef<'_>) -> String {
    element.html().chars().take(160).collect::<String>().replace('\n', " ")
}

fn language(dom: &Html, lang: Lang, found: &mut Vec<String>) {
    let tag = all(dom, "html").first().and_then(|html| html.value().attr("lang")).unwrap_or_default();
    if tag != lang.tag() {
        found.push(format!("<html lang> is {tag:?}, not {:?}", lang.tag()));
    }
    let titles = all(dom, "head > title");
    if titles.len() != 1 || titles.first().is_none_or(|t| text_of(*t).trim_matches(['–', ' ']).is_empty()) {
        found.push("not one <title> with words in it".to_owned());
    }
    if titles.first().is_some_and(|t| text_of(*t).starts_with('–')) {
        found.push("the title does not say which page this is".to_owned());
    }
    for css in ["meta[charset]", "meta[name=viewport]"] {
        if all(dom, css).len() != 1 {
            found.push(format!("not one {css}"));
        }
    }
    if all(dom, "main").len() != 1 {
        found.push("not one <main>".to_owned());
    }
}

fn headings(dom: &Html, found: &mut Vec<String>) {
    let count = all(dom, "h1").len();
    if count != 1 {
        found.push(format!("{count} <h1>, not one"));
    }
    let mut level = 0;
    for heading in all(dom, "h1, h2, h3, h4, h5, h6") {
        let this = heading.value().name().as_bytes()[1] - b'0';
        // What stands before the h1 (a box of errors) may begin at h2.
        if this > level + 1 && !(level == 0 && this == 2) {
            found.push(format!("a heading of level {this} after level {level}: {}", shown(heading)));
        }
        if text_of(heading).is_empty() {
            found.push(format!("a heading without words: {}", shown(heading)));
        }
        level = this;
    }
}

fn ids(dom: &Html, found: &mut Vec<String>) -> HashSet<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for element in all(dom, "[id]") {
        let id = element.value().attr("id").unwrap_or_default();
        if id.is_empty() || id.contains(char::is_whitespace) {
            found.push(format!("no id: {}", shown(element)));
        }
        *counts.entry(id).or_default() += 1;
    }
    for (id, count) in &counts {
        if *count > 1 {
            found.push(format!("id {id:?} is there {count} times"));
        }
    }
    counts.keys().map(|id| (*id).to_owned()).collect()
}

/// What points at an id finds it.
fn references(dom: &Html, ids: &HashSet<String>, found: &mut Vec<String>) {
    for name in ["for", "aria-describedby", "aria-labelledby", "aria-controls", "form", "list", "headers"] {
        for element in all(dom, &format!("[{name}]")) {
            for id in element.value().attr(name).unwrap_or_default().split_whitespace() {
                if !ids.contains(id) {
                    found.push(format!("{name} names the missing id {id:?}: {}", shown(element)));
                }
            }
        }
    }
    for link in all(dom, "a[href^='#']") {
        let id = link.value().attr("href").unwrap_or_default().trim_start_matches('#');
        if !id.is_empty() && !ids.contains(id) {
            found.push(format!("a link to the missing id {id:?}: {}", shown(link)));
        }
    }
}

fn attr<'a>(element: ElementRef<'a>, name: &str) -> &'a str {
    element.value().attr(name).unwrap_or_default()
}

fn has_aria_name(element: ElementRef<'_>) -> bool {
    !attr(element, "aria-label").trim().is_empty() || !attr(element, "aria-labelledby").is_empty()
}

fn labels(dom: &Html, ids: &HashSet<String>, found: &mut Vec<String>) {
    let labelled: HashMap<&str, String> =
        all(dom, "label[for]").into_iter().map(|label| (attr(label, "for"), text_of(label))).collect();
    for control in all(dom, "input, select, textarea") {
        if matches!(attr(control, "type"), "hidden" | "submit" | "button" | "image" | "reset")
            || control.value().attr("hidden").is_some()
        {
            continue;
        }
        let by_for = labelled.get(attr(control, "id")).is_some_and(|text| !text.is_empty());
        let around = control.ancestors().filter_map(ElementRef::wrap).find(|a| a.value().name() == "label");
        if !by_for && around.is_none_or(|label| text_of(label).is_empty()) && !has_aria_name(control) {
            found.push(format!("a field without a label: {}", shown(control)));
        }
    }
    for label in all(dom, "label") {
        let holds = label.select(&selector("input, select, textarea")).next().is_some();
        if attr(label, "for").is_empty() && !holds {
            found.push(format!("a label of nothing: {}", shown(label)));
        }
    }
    for fieldset in all(dom, "fieldset") {
        let legend = fieldset.child_elements().find(|child| child.value().name() == "legend");
        if legend.is_none_or(|legend| text_of(legend).is_empty()) && !has_aria_name(fieldset) {
            found.push(format!("a fieldset without a legend: {}", shown(fieldset)));
        }
    }
    // The error summary leads to the fields it names.
    for link in all(dom, ".oops a[href^='#f-']") {
        if !ids.contains(attr(link, "href").trim_start_matches('#')) {
            found.push(format!("the error summary leads nowhere: {}", shown(link)));
        }
    }
}

/// Links, buttons, pictures and tables can be told by ear.
fn names(dom: &Html, found: &mut Vec<String>) {
    for image in all(dom, "img") {
        if image.value().attr("alt").is_none() {
            found.push(format!("a picture without alt: {}", shown(image)));
        }
        if attr(image, "width").is_empty() || attr(image, "height").is_empty() {
            found.push(format!("a picture without width and height moves the page when it comes: {}", shown(image)));
        }
    }
    for element in all(dom, "a[href], button, summary") {
        let said = !text_of(element).is_empty() || has_aria_name(element);
        let pictured = element.select(&selector("img[alt]")).any(|image| !attr(image, "alt").trim().is_empty());
        let titled = element.select(&selector("svg > title, svg[aria-label]")).next().is_some();
        if !said && !pictured && !titled {
            found.push(format!("without a name: {}", shown(element)));
        }
    }
    for element in all(dom, "a[href] button, a[href] input, button a[href], label button, summary a[href]") {
        found.push(format!("something to press inside something to press: {}", shown(element)));
    }
    for table in all(dom, "table") {
        if table.select(&selector("th")).next().is_none() {
            found.push(format!("a table without headers: {}", shown(table)));
        }
    }
    for link in all(dom, "a:not([href])") {
        found.push(format!("a link to nowhere: {}", shown(link)));
    }
    for link in all(dom, "a[target=_blank]") {
        if !attr(link, "rel").contains("noopener") {
            found.push(format!("a new window without rel=noopener: {}", shown(link)));
        }
    }
    for element in all(dom, "[tabindex]") {
        if attr(element, "tabindex").parse::<i32>().is_ok_and(|index| index > 0) {
            found.push(format!("a tabindex that jumps: {}", shown(element)));
        }
    }
}

/// Nothing that `script-src 'self'; style-src 'self'` refuses, nothing from elsewhere.
fn policy(dom: &Html, found: &mut Vec<String>) {
    for element in all(dom, "*") {
        let value = element.value();
        for (name, _) in value.attrs() {
            if name == "style" || (name.starts_with("on") && name.len() > 2) {
                found.push(format!("inline {name}: {}", shown(element)));
            }
        }
        if matches!(value.name(), "style" | "iframe" | "object" | "embed") {
            found.push(format!("<{}>: {}", value.name(), shown(element)));
        }
        if value.name() == "script" && value.attr("src").is_none() && attr(element, "type") != "application/ld+json" {
            found.push(format!("inline script: {}", shown(element)));
        }
        if value.name() == "script" && attr(element, "type") == "application/ld+json" {
            let text: String = element.text().collect();
            if serde_json::from_str::<serde_json::Value>(&text).is_err() {
                found.push(format!("JSON-LD that is no JSON: {}", shown(element)));
            }
        }
        if matches!(value.name(), "script" | "img" | "link" | "source") {
            let from = if value.name() == "link" { attr(element, "href") } else { attr(element, "src") };
            let is_resource = !matches!(attr(element, "rel"), "canonical" | "alternate");
            if is_resource && (from.contains("://") || from.starts_with("//")) {
                found.push(format!("from elsewhere: {}", shown(element)));
            }
        }
    }
    for link in all(dom, "a[href]") {
        let to = attr(link, "href").trim().to_ascii_lowercase();
        if ["javascript:", "data:", "vbscript:"].iter().any(|scheme| to.starts_with(scheme)) {
            found.push(format!("a link that runs: {}", shown(link)));
        }
    }
}

/// Text that a template should have filled in.
fn leftovers(dom: &Html, found: &mut Vec<String>) {
    let suspicious = |text: &str| text.contains(['{', '}']) || text.trim() == "None" || text.contains("Some(");
    for node in dom.tree.nodes() {
        match node.value() {
            Node::Text(text) => {
                let inside = node.parent().and_then(ElementRef::wrap).map_or("", |parent| parent.value().name());
                // What people typed may hold braces; a text field shows it as typed.
                if !matches!(inside, "script" | "textarea") && suspicious(text) {
                    found.push(format!("a leftover in the text: {:?}", text.trim()));
                }
            }
            Node::Element(element) => {
                for (name, value) in element.attrs() {
                    if name != "value" && suspicious(value) {
                        found.push(format!("a leftover in {name}: {value:?}"));
                    }
                }
            }
            _ => {}
        }
    }
    for element in all(dom, "[href=''], [src=''], [name='']") {
        found.push(format!("an empty attribute: {}", shown(element)));
    }
}

fn forms(dom: &Html, found: &mut Vec<String>) {
    for form in all(dom, "form") {
        let posts = attr(form, "method").eq_ignore_ascii_case("post");
        if form.select(&selector("button:not([type=button]), input[type=submit]")).next().is_none() {
            let id = attr(form, "id");
            let outside = !id.is_empty() && !all(dom, &format!("button[form='{id}']")).is_empty();
            if !outside {
                found.push(format!("a form that can't be sent without a script: {}", shown(form)));
            }
        }
        let takes_files = form.select(&selector("input[type=file]")).next().is_some();
        if takes_files && !(posts && attr(form, "enctype") == "multipart/form-data") {
            found.push(format!("a form with files but no enctype: {}", shown(form)));
        }
        if !posts && form.select(&selector("input[type=password]")).next().is_some() {
            found.push(format!("a form that would put a password into the address: {}", shown(form)));
        }
    }
}
