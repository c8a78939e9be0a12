//! [`Form`]: a form as a browser reads it from the page, fills it in and sends it.

use reqwest::multipart::{self, Part};
use reqwest::{Method, Url};
use sanvat::web::form::encode;
use scraper::{ElementRef, Html};

use super::page::{Page, selector, text_of};
use super::visitor::Visitor;

/// A control of a form.
#[derive(Clone, Debug)]
struct Control {
    name: String,
    value: String,
    kind: Kind,
    /// Sent with the form.
    on: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Text,
    Hidden,
    /// Of several with one name: checkboxes may all be on, one radio only.
    Check,
    Radio,
    /// The values it offers.
    Select(Vec<String>),
    File,
}

/// A submit button.
#[derive(Clone, Debug)]
struct Button {
    text: String,
    name: String,
    value: String,
    action: Option<String>,
}

#[derive(Clone, Debug)]
struct Attached {
    name: String,
    file_name: String,
    media_type: String,
    bytes: Vec<u8>,
}

/// A form, with what a browser would send.
#[derive(Clone)]
pub struct Form {
    visitor: Visitor,
    page: Url,
    action: Url,
    method: Method,
    is_multipart: bool,
    controls: Vec<Control>,
    buttons: Vec<Button>,
    files: Vec<Attached>,
}

impl Form {
    pub(super) fn read(dom: &Html, form: ElementRef<'_>, page: &Url, visitor: Visitor) -> Self {
        let attr = |name| form.value().attr(name).unwrap_or_default();
        let action = match attr("action") {
            "" => page.clone(),
            action => page.join(action).expect("the form's action is an address"),
        };
        let method = if attr("method").eq_ignore_ascii_case("post") { Method::POST } else { Method::GET };
        let mut this = Self {
            visitor,
            page: page.clone(),
            action,
            method,
            is_multipart: attr("enctype") == "multipart/form-data",
            controls: Vec::new(),
            buttons: Vec::new(),
            files: Vec::new(),
        };
        let own = form.value().attr("id");
        for element in dom.select(&selector("input, select, textarea, button")) {
            let belongs = match element.value().attr("form") {
                Some(id) => Some(id) == own,
                None => element.ancestors().any(|a| a.id() == form.id()),
            };
            let disabled = element.value().attr("disabled").is_some()
                || element
                    .ancestors()
                    .filter_map(ElementRef::wrap)
                    .any(|a| a.value().name() == "fieldset" && a.value().attr("disabled").is_some());
            if belongs && !disabled {
                this.take(element);
            }
        }
        this
    }

    fn take(&mut self, element: ElementRef<'_>) {
        let attr = |name| element.value().attr(name);
        let name = attr("name").unwrap_or_default().to_owned();
        let value = attr("value").unwrap_or_default().to_owned();
        let mut add = |kind, value, on| self.controls.push(Control { name: name.clone(), value, kind, on });
        match (element.value().name(), attr("type").unwrap_or_default()) {
            ("button", "" | "submit") | ("input", "submit" | "image") => self.buttons.push(Button {
                text: if element.value().name() == "button" { text_of(element) } else { value.clone() },
                name,
                value,
                action: attr("formaction").map(str::to_owned),
            }),
            ("button", _) | ("input", "button" | "reset") => {}
            _ if name.is_empty() => {}
            ("input", "checkbox" | "radio") => {
                let kind = if attr("type") == Some("radio") { Kind::Radio } else { Kind::Check };
                let value = attr("value").unwrap_or("on").to_owned();
                add(kind, value, attr("checked").is_some());
            }
            ("input", "file") => add(Kind::File, String::new(), true),
            ("input", "hidden") => add(Kind::Hidden, value, true),
            ("input", _) => add(Kind::Text, value, true),
            ("textarea", _) => {
                let text = element.text().collect::<String>().replace('\n', "\r\n");
                add(Kind::Text, text, true);
            }
            ("select", _) => {
                let options: Vec<(String, bool)> = element
                    .select(&selector("option"))
                    .map(|o| {
                        let value = o.value().attr("value").map_or_else(|| text_of(o), str::to_owned);
                        (value, o.value().attr("selected").is_some())
                    })
                    .collect();
                let chosen = options.iter().find(|o| o.1).or(options.first()).map(|o| o.0.clone());
                let on = chosen.is_some();
                add(Kind::Select(options.into_iter().map(|o| o.0).collect()), chosen.unwrap_or_default(), on);
            }
            _ => {}
        }
    }

    /// Types into a text field or chooses from a list.
    pub fn fill(mut self, name: &str, value: &str) -> Self {
        let page = self.page.clone();
        let control = self
            .controls
            .iter_mut()
            .find(|c| c.name == name && matches!(c.kind, Kind::Text | Kind::Select(_)))
            .unwrap_or_else(|| panic!("no field {name} to fill in on {page}"));
        if let Kind::Select(options) = &control.kind {
            assert!(options.iter().any(|o| o == value), "{name} offers {options:?}, not {value:?}");
        }
        value.clone_into(&mut control.value);
        self
    }

    /// Ticks a checkbox or chooses a radio button.
    pub fn choose(mut self, name: &str, value: &str) -> Self {
        let at = self.find_choice(name, value);
        if self.controls[at].kind == Kind::Radio {
            for control in self.controls.iter_mut().filter(|c| c.name == name && c.kind == Kind::Radio) {
                control.on = false;
            }
        }
        self.controls[at].on = true;
        self
    }

    /// Unticks a checkbox.
    pub fn untick(mut self, name: &str, value: &str) -> Self {
        let at = self.find_choice(name, value);
        self.controls[at].on = false;
        self
    }

    fn find_choice(&self, name: &str, value: &str) -> usize {
        self.controls
            .iter()
            .position(|c| c.name == name && c.value == value && matches!(c.kind, Kind::Check | Kind::Radio))
            .unwrap_or_else(|| {
                let offered: Vec<&str> =
                    self.controls.iter().filter(|c| c.name == name).map(|c| c.value.as_str()).collect();
                panic!("no choice {name}={value} on {}; offered: {offered:?}", self.page)
            })
    }

    /// Chooses a file to send with the form.
    pub fn attach(mut self, name: &str, file_name: &str, media_type: &str, bytes: Vec<u8>) -> Self {
        assert!(
            self.controls.iter().any(|c| c.name == name && c.kind == Kind::File),
            "no field {name} for files on {}",
            self.page
        );
        assert!(self.is_multipart, "the form on {} sends no files: it has no enctype", self.page);
        self.files.push(Attached {
            name: name.to_owned(),
            file_name: file_name.to_owned(),
            media_type: media_type.to_owned(),
            bytes,
        });
        self
    }

    /// Overwrites what the form would send, which only someone with ill intent does (hidden fields too).
    pub fn tamper(mut self, name: &str, value: &str) -> Self {
        self.controls.retain(|c| c.name != name);
        self.controls.push(Control { name: name.to_owned(), value: value.to_owned(), kind: Kind::Hidden, on: true });
        self
    }

    /// The same form, as filled in, in somebody else's browser.
    pub fn by(mut self, visitor: &Visitor) -> Self {
        self.visitor = visitor.clone();
        self
    }

    /// Where it goes, without a query.
    pub fn action(&self) -> String {
        self.action.path().to_owned()
    }

    /// What a field holds now.
    pub fn value(&self, name: &str) -> String {
        let found = self.controls.iter().find(|c| c.name == name && c.on);
        found.map(|c| c.value.clone()).unwrap_or_default()
    }

    /// True if this checkbox is ticked, or this radio button chosen.
    pub fn is_on(&self, name: &str, value: &str) -> bool {
        self.controls[self.find_choice(name, value)].on
    }

    /// What the checkboxes or radio buttons of this name stand for.
    pub fn choices(&self, name: &str) -> Vec<String> {
        let of_name = self.controls.iter().filter(|c| c.name == name && matches!(c.kind, Kind::Check | Kind::Radio));
        of_name.map(|c| c.value.clone()).collect()
    }

    /// The names of the fields into which text is typed.
    pub fn text_names(&self) -> Vec<&str> {
        self.controls.iter().filter(|c| c.kind == Kind::Text).map(|c| c.name.as_str()).collect()
    }

    /// The names of all fields, each once.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.controls.iter().map(|c| c.name.as_str()).collect();
        names.dedup();
        names
    }

    /// Presses enter: the first button sends the form.
    pub async fn submit(self) -> Page {
        let button = self.buttons.first().cloned();
        self.send(button).await
    }

    /// Presses the button with this text, or with this `name=value`.
    pub async fn press(self, button: &str) -> Page {
        let found = self
            .buttons
            .iter()
            .find(|b| b.text == button || format!("{}={}", b.name, b.value) == button)
            .cloned()
            .unwrap_or_else(|| panic!("no button {button:?} on {}: {:?}", self.page, self.buttons));
        self.send(Some(found)).await
    }

    async fn send(self, button: Option<Button>) -> Page {
        let mut pairs: Vec<(String, String)> = self
            .controls
            .iter()
            .filter(|c| c.on && c.kind != Kind::File)
            .map(|c| (c.name.clone(), c.value.clone()))
            .collect();
        let mut action = self.action.clone();
        if let Some(button) = button {
            if let Some(to) = &button.action {
                action = self.page.join(to).expect("the button's action is an address");
            }
            if !button.name.is_empty() {
                pairs.push((button.name, button.value));
            }
        }
        if self.method == Method::GET {
            action.set_query(Some(&encode(&pairs)));
            return self.visitor.get(action.as_str()).await;
        }
        if !self.is_multipart {
            let body = encode(&pairs).into_bytes();
            return self.visitor.post_body(action.as_str(), "application/x-www-form-urlencoded", body).await;
        }
        let mut body = multipart::Form::new();
        for (name, value) in pairs {
            body = body.text(name, value);
        }
        for control in self.controls.iter().filter(|c| c.kind == Kind::File) {
            // A browser sends an empty part for a field in which no file was chosen.
            if !self.files.iter().any(|f| f.name == control.name) {
                let part = Part::bytes(Vec::new()).file_name("").mime_str("application/octet-stream");
                body = body.part(control.name.clone(), part.expect("a media type"));
            }
        }
        for file in self.files {
            let part = Part::bytes(file.bytes).file_name(file.file_name).mime_str(&file.media_type);
            body = body.part(file.name, part.expect("a media type"));
        }
        let request = self.visitor.request(Method::POST, action.as_str()).multipart(body);
        self.visitor.send(request).await
    }
}
