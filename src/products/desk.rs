//! A product on the desk of whoever writes it: opened with its producer and revision, saved over the version that
//! was read. Every page of the form begins with [`Desk::open`].

use super::fields::{self, Step};
use super::model::{Product, ProductContent};
use super::store;
use super::texts::Texts;
use crate::clock::Time;
use crate::db::{Cx, is_unique_violation};
use crate::producers::acting::Acting;
use crate::producers::model::{Channel, Producer, State};
use crate::review::flow::{self, Author, Written};
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

/// A product and what is being written of it.
pub struct Desk {
    /// Whose it is.
    pub producer: Producer,
    /// Who writes.
    pub author: Author,
    /// The live version.
    pub product: Product,
    /// The open revision, else the newest that was decided.
    pub revision: Option<Revision>,
    /// The content as it is being written: the open revision's, else the live one.
    pub content: ProductContent,
}

/// Words of an officer on one field.
pub struct Note {
    /// What the field is called.
    pub label: String,
    /// What to change.
    pub text: String,
    /// The page where it is changed.
    pub url: String,
}

impl Desk {
    /// Opens a product for whoever may write it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for a product that does not exist here and for anyone who may not act for its producer.
    pub async fn open(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<Self, AppError> {
        ctx.person()?;
        let commune = ctx.commune_id();
        let product = store::by_short(cx, commune, short).await?.ok_or(AppError::NotFound)?;
        let (producer, author) = Acting::of_id(ctx, cx, product.producer_id).await?;
        let revision = match revisions::open(cx, commune, producer.id, Some(product.id)).await? {
            Some(revision) => Some(revision),
            None => revisions::last(cx, commune, producer.id, Some(product.id)).await?,
        };
        let content = match revision.as_ref().filter(|r| r.state.is_open()) {
            Some(open) => serde_json::from_str(&open.content).map_err(AppError::internal)?,
            None => product.content.clone(),
        };
        Ok(Self { producer, author, product, revision, content })
    }

    /// As [`Desk::open`], to look only.
    pub async fn read(ctx: &Ctx, short: &str) -> Result<Self, AppError> {
        let mut conn = ctx.app.db.read().await?;
        Self::open(ctx, &mut conn.cx(), short).await
    }

    /// The revision that is open.
    pub fn opened(&self) -> Option<&Revision> {
        self.revision.as_ref().filter(|revision| revision.state.is_open())
    }

    /// Which version a page shows: it goes along in a hidden field, and a save from an older one is told.
    pub fn stamp(&self) -> String {
        match self.opened() {
            Some(revision) => format!("{}.{}", revision.id, revision.version),
            None => format!("0.{}", self.product.version),
        }
    }

    /// Saves over the version that the stamp names. The same content sent again is no change, whatever its stamp.
    pub async fn save(
        &self,
        cx: &mut Cx<'_>,
        stamp: &str,
        content: &ProductContent,
        now: Time,
    ) -> Result<Written, AppError> {
        if *content == self.content {
            return Ok(Written::Done);
        }
        if stamp != self.stamp() {
            return Ok(Written::Stale);
        }
        let revision = match flow::open_product(cx, &self.product, self.author, now).await {
            Ok(revision) => revision,
            // Another editor opened it between our look and now.
            Err(error) if is_unique_violation(&error) => return Ok(Written::Stale),
            Err(error) => return Err(error.into()),
        };
        Ok(flow::save_product(cx, &revision, content, now).await?)
    }

    /// Where it stands for its producer: what is open first, then the live version.
    pub fn stands(&self) -> State {
        self.opened().map_or(self.product.state, |revision| revision.state)
    }

    /// True if visitors see a version of it.
    pub fn is_live(&self) -> bool {
        self.product.state == State::Approved
    }

    /// True if an officer will look at it next.
    pub fn is_waiting(&self) -> bool {
        self.stands() == State::Submitted
    }

    /// True if what is written differs from what visitors see, or nothing was ever approved.
    pub fn is_changed(&self) -> bool {
        !self.is_live() || self.content != self.product.content
    }

    /// The page of tasks, on which the others hang.
    pub fn path(&self) -> String {
        path(&self.product.short)
    }

    /// A step's page.
    pub fn step_path(&self, step: Step) -> String {
        format!("{}/{}", self.path(), step.slug())
    }

    /// Name for headings, also while there is none.
    pub fn title(&self, t: Texts) -> String {
        if self.content.name.is_empty() { t.unnamed().to_owned() } else { self.content.name.clone() }
    }

    /// What an officer asked for, while it is not handed in again.
    pub fn notes(&self, ctx: &Ctx) -> Vec<Note> {
        let Some(revision) = self.opened().filter(|r| r.state == State::ChangesRequested) else { return Vec::new() };
        let note = |(field, text): (&String, &String)| {
            let step = Step::of_field(field);
            Note {
                label: fields::label(field, ctx.lang).to_owned(),
                text: text.clone(),
                url: format!("{}#f-{field}", self.step_path(step)),
            }
        };
        revision.field_notes.0.iter().map(note).collect()
    }

    /// The fields of a step that an officer asked to change.
    pub fn asked(&self, step: Step) -> Vec<(String, String)> {
        let Some(revision) = self.opened().filter(|r| r.state == State::ChangesRequested) else { return Vec::new() };
        let notes = revision.field_notes.0.iter();
        notes
            .filter(|(field, _)| step.fields().contains(&field.as_str()))
            .map(|(f, n)| (f.clone(), n.clone()))
            .collect()
    }

    /// True while it is first written: the steps then follow each other.
    fn is_first_time(&self) -> bool {
        self.product.approved_at.is_none() && self.opened().is_none_or(|r| r.state == State::Draft)
    }

    fn next_path(&self, step: Step) -> String {
        step.next().map_or_else(|| format!("{}/{CHECK}", self.path()), |next| self.step_path(next))
    }

    /// Where a saved step leads: back to the check page if it was changed from there, on to the next step while it
    /// is first written, else to the tasks.
    pub fn after(&self, step: Step, back: &str) -> String {
        let to = if back == CHECK {
            format!("{}/{CHECK}", self.path())
        } else if self.is_first_time() {
            self.next_path(step)
        } else {
            self.path()
        };
        format!("{to}?da-luu=1")
    }

    /// Where to go without answering a step, while it is first written.
    pub fn skip(&self, step: Step, back: &str) -> Option<String> {
        (back != CHECK && self.is_first_time()).then(|| self.next_path(step))
    }

    /// The layout's part, in the area of whoever writes.
    pub fn page(&self, ctx: &Ctx) -> Page {
        page(ctx, self.author)
    }

    /// For whom it is written, if not for oneself.
    pub fn on_behalf(&self, t: Texts) -> Option<String> {
        on_behalf(&self.producer, self.author, t)
    }
}

/// Address part of the check page, and what the field `ve` says to come back to it.
pub const CHECK: &str = "xem-lai";

/// The page of tasks of a product.
pub fn path(short: &str) -> String {
    format!("/cua-toi/san-pham/{short}")
}

/// A producer's list of products.
pub fn list_path(producer: &Producer) -> String {
    format!("/cua-toi/san-pham?co-so={}", producer.short)
}

/// The layout's part, in the area of this author.
pub fn page(ctx: &Ctx, author: Author) -> Page {
    match author.channel {
        Channel::OneSelf => Page::of(ctx, Area::Mine, "/cua-toi"),
        Channel::Helper | Channel::Paper => Page::of(ctx, Area::Helper, "/ho-tro"),
        Channel::Office => Page::of(ctx, Area::Office, "/van-phong/san-pham"),
    }
}

/// For whom it is written, if not for oneself.
pub fn on_behalf(producer: &Producer, author: Author, t: Texts) -> Option<String> {
    (author.channel != Channel::OneSelf).then(|| t.for_whom(&producer.name))
}

/// The look of a state's tag.
pub fn tag(state: State) -> &'static str {
    match state {
        State::Approved => "ok",
        State::Submitted => "wait",
        State::ChangesRequested | State::Rejected | State::Suspended => "bad",
        State::Draft | State::Withdrawn => "",
    }
}
