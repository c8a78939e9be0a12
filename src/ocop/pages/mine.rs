//! `/cua-toi/san-pham/{short}/ocop`: what a producer has to hand in, item by item; helpers and the office do it for it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::takeover::{self, Offers};
use super::{file_name, file_note, file_url, item, note, outcome};
use crate::db::Cx;
use crate::files::Upload;
use crate::files::store::FileUse;
use crate::ids::FileId;
use crate::ocop::model::{Decision, Dossier, DossierState, ItemFile, ItemRow, ItemState, Refusal, Source, mean};
use crate::ocop::store::items::Taken;
use crate::ocop::store::{self, decisions, items as item_store, judged, refusals};
use crate::ocop::texts::Texts;
use crate::producers::acting::Acting;
use crate::producers::model::Channel;
use crate::products::model::Product;
use crate::products::store::{self as products, stars_show};
use crate::review::flow::Author;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/mine.html")]
struct MinePage {
    page: Page,
    t: Texts,
    product: Product,
    producer_short: String,
    dossier: Option<Dossier>,
    rows: Vec<ItemRow>,
    files: Vec<ItemFile>,
    estimate: Option<(String, i32, usize)>,
    refusal: Option<Refusal>,
    /// The decision by which the product shows stars today.
    standing: Option<Decision>,
}

impl MinePage {
    fn done(&self) -> usize {
        self.rows.iter().filter(|row| row.state.is_settled() || row.state == ItemState::Handed).count()
    }

    fn state(&self) -> Option<DossierState> {
        self.dossier.as_ref().map(|dossier| dossier.state)
    }

    /// True if all that must be is accepted.
    fn is_complete(&self) -> bool {
        self.state() == Some(DossierState::Complete)
    }

    fn is_passed(&self) -> bool {
        self.state() == Some(DossierState::Passed)
    }

    /// True if it came to an end and no stars hold, so that another may be begun.
    fn is_over(&self) -> bool {
        self.standing.is_none() && self.state().is_some_and(|state| !state.is_live())
    }

    /// Items that were accepted, which a new dossier takes over.
    fn accepted(&self) -> usize {
        self.rows.iter().filter(|row| row.state == ItemState::Fine).count()
    }

    /// The first year in which a new one may be judged: who wasn't recognised waits for the next.
    fn next_year(&self) -> i32 {
        let waits = i32::from(self.state() == Some(DossierState::Refused));
        self.dossier.as_ref().map_or(0, |dossier| dossier.year + waits)
    }

    fn is_open(&self) -> bool {
        self.dossier.as_ref().is_some_and(|dossier| dossier.state.is_open())
    }

    fn n_files(&self, row: &ItemRow) -> usize {
        self.files.iter().filter(|file| file.number == row.number).count()
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/mine_item.html")]
struct ItemPage {
    page: Page,
    t: Texts,
    form: Form,
    product: Product,
    row: ItemRow,
    files: Vec<ItemFile>,
    /// What may be taken over from the records that are here.
    offers: Offers,
}

impl ItemPage {
    fn url(file: &ItemFile) -> String {
        file_url(file)
    }

    fn name(&self, file: &ItemFile) -> String {
        file_name(file, self.t)
    }

    fn told(&self, file: &ItemFile) -> String {
        file_note(file, self.t)
    }
}

fn area(channel: Channel) -> (Area, &'static str) {
    match channel {
        Channel::Helper => (Area::Helper, "/ho-tro"),
        _ => (Area::Mine, "/cua-toi"),
    }
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<(Product, String, Author), AppError> {
    let product = products::by_short(cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    let (producer, author) = Acting::of_id(ctx, cx, product.producer_id).await?;
    Ok((product, producer.short, author))
}

/// `GET /cua-toi/san-pham/{short}/ocop`: the list of items.
pub async fn show(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let (product, producer_short, author) = subject(&ctx, &mut cx, &short).await?;
    // The open one, else the latest that came to an end.
    let dossier = match store::open_of(&mut cx, commune, product.id).await? {
        None => store::of_product(&mut cx, commune, product.id).await?.into_iter().next(),
        open => open,
    };
    let (mut rows, mut files, mut estimate, mut refusal) = (Vec::new(), Vec::new(), None, None);
    if let Some(dossier) = &dossier {
        rows = item_store::rows(&mut cx, commune, dossier).await?;
        rows.retain(|row| row.listed);
        files = item_store::files(&mut cx, commune, dossier.id).await?;
        refusal = refusals::of_dossier(&mut cx, commune, dossier.id).await?;
        let sheets = judged::sheets(&mut cx, commune, dossier.id).await?;
        let mean = mean(&sheets).filter(|_| dossier.state.is_live());
        estimate = mean.map(|mean| (mean.shown().text(ctx.lang), mean.stars(), sheets.len()));
    }
    let shows =
        |one: &Decision| one.voided_at.is_none() && stars_show(one.stars, one.decided_on, one.expires_on, ctx.today());
    let standing = decisions::of_product(&mut cx, commune, product.id).await?.into_iter().find(shows);
    let (area, current) = area(author.channel);
    let page = Page::of(&ctx, area, current);
    let t = Texts(ctx.lang);
    Ok(MinePage { page, t, product, producer_short, dossier, rows, files, estimate, refusal, standing }.into_response())
}

async fn item_page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    (product, author): (Product, Author),
    number: &str,
    mut form: Form,
) -> Result<ItemPage, AppError> {
    let dossier = open(ctx, cx, &product).await?;
    let (row, files) = item::of(ctx, cx, &dossier, number).await?;
    let row = if row.listed { row } else { return Err(AppError::NotFound) };
    let offers = Offers::of(ctx, cx, &product, (&row, &files)).await?;
    if !form.sent("version") {
        form.push("version", &row.version.to_string());
        form.push("ghi-chu", if row.state == ItemState::Back { "" } else { &row.note });
    }
    let (area, current) = area(author.channel);
    Ok(ItemPage { page: Page::of(ctx, area, current), t: Texts(ctx.lang), form, product, row, files, offers })
}

async fn open(ctx: &Ctx, cx: &mut Cx<'_>, product: &Product) -> Result<Dossier, AppError> {
    let dossier = store::open_of(cx, ctx.commune_id(), product.id).await?.ok_or(AppError::NotFound)?;
    match dossier.state {
        DossierState::Passed => Err(AppError::Conflict(Texts(ctx.lang).mine_passed().to_owned())),
        _ => Ok(dossier),
    }
}

/// `GET /cua-toi/san-pham/{short}/ocop/{number}`: one item.
pub async fn ask(ctx: Ctx, Path((short, number)): Path<(String, String)>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let (product, _, author) = subject(&ctx, &mut cx, &short).await?;
    Ok(item_page(&ctx, &mut cx, (product, author), &number, Form::default()).await?.into_response())
}

/// `POST /cua-toi/san-pham/{short}/ocop/{number}`: adds files or papers that are here, or takes one out, and hands the
/// item in or keeps it for later.
pub async fn hand_in(
    ctx: Ctx,
    Path((short, number)): Path<(String, String)>,
    upload: Upload,
) -> Result<Response, AppError> {
    let (product, author) = {
        let mut conn = ctx.app.db.read().await?;
        let (product, _, author) = subject(&ctx, &mut conn.cx(), &short).await?;
        (product, author)
    };
    let received = upload.receive(&ctx, Some(product.producer_id), &[("tep", FileUse::Paper)]).await?;
    let upload = |file| Taken { file, source: Source::Upload, mark: String::new() };
    let mut new: Vec<Taken> = received.ids("tep").map(upload).collect();
    let mut form = received.form;
    new.extend(made(&ctx, &product, &number, &mut form).await?);
    let mut tx = ctx.app.db.begin().await?;
    let status = write(&ctx, &mut tx.cx(), &product, author, &number, &mut form, &new).await?;
    if status == StatusCode::OK {
        tx.commit().await?;
        let more = form.value("viec").starts_with("bo-");
        let to = if more { format!("/{number}") } else { String::new() };
        return Ok(Redirect::to(&format!("/cua-toi/san-pham/{short}/ocop{to}?da-luu=1")).into_response());
    }
    // Files that were taken stay with the item, whatever else was wrong.
    if new.is_empty() {
        drop(tx);
    } else {
        tx.commit().await?;
    }
    let mut conn = ctx.app.db.read().await?;
    let page = item_page(&ctx, &mut conn.cx(), (product, author), &number, form).await?;
    Ok((status, page).into_response())
}

/// The papers of traceability that the form asks for.
async fn made(ctx: &Ctx, product: &Product, number: &str, form: &mut Form) -> Result<Vec<Taken>, AppError> {
    if form.value("viec").starts_with("bo-") {
        return Ok(Vec::new());
    }
    let (row, files) = {
        let mut conn = ctx.app.db.read().await?;
        let mut cx = conn.cx();
        let dossier = open(ctx, &mut cx, product).await?;
        item::of(ctx, &mut cx, &dossier, number).await?
    };
    takeover::made(ctx, product, (&row, &files), form).await
}

/// Adds to the history what an item took over from the records that are here.
async fn tell_taken(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    dossier: &Dossier,
    row: &ItemRow,
    added: &[&Taken],
) -> Result<(), AppError> {
    let of = |taken: &&&Taken| taken.source != Source::Upload;
    let sources: Vec<&str> = added.iter().filter(of).map(|taken| taken.source.label(Lang::Vi)).collect();
    if sources.is_empty() {
        return Ok(());
    }
    note(ctx, cx, dossier, "taken", &format!("{}: {}", row.told(), sources.join(", "))).await
}

/// What the form says becomes of the item; tells how it went.
async fn write(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    product: &Product,
    author: Author,
    number: &str,
    form: &mut Form,
    new: &[Taken],
) -> Result<StatusCode, AppError> {
    let (commune, now, t) = (ctx.commune_id(), ctx.now(), Texts(ctx.lang));
    let dossier = open(ctx, cx, product).await?;
    store::hold(cx, commune, dossier.id).await?;
    let dossier = open(ctx, cx, product).await?;
    let (row, files) = item::of(ctx, cx, &dossier, number).await?;
    let row = if row.listed { row } else { return Err(AppError::NotFound) };
    if let Some(file) = form.value("viec").strip_prefix("bo-").and_then(|id| id.parse::<FileId>().ok()) {
        if item_store::remove_file(cx, commune, (dossier.id, row.number, file), now).await? {
            item_store::reopen(cx, commune, (dossier.id, row.number), author.user, now).await?;
            note(ctx, cx, &dossier, "removed", &row.told()).await?;
            outcome::look_again(ctx, cx, &dossier).await?;
        }
        return Ok(StatusCode::OK);
    }
    let chosen = takeover::chosen(ctx, cx, product, &row, form).await?;
    let added: Vec<&Taken> = new.iter().chain(&chosen).collect();
    for taken in &added {
        item_store::add_file(cx, commune, (dossier.id, row.number), taken, author.user, now).await?;
    }
    tell_taken(ctx, cx, &dossier, &row, &added).await?;
    let words = form.text("ghi-chu", 500, ctx.lang);
    let ready = !form.has("viec", "sau");
    if form.is_fine() && ready && added.is_empty() && files.is_empty() && words.as_deref() == Some("") {
        form.fail("tep", t.mine_nothing());
    }
    let (Some(words), true) = (words, form.is_fine()) else {
        let (told, status) = ((author, !new.is_empty()), form.status());
        return added_alone(ctx, cx, &dossier, &row, told, form, status).await;
    };
    let state = if ready { ItemState::Handed } else { ItemState::Preparing };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let turned = item_store::Turned { state, note: &words, due_on: row.due_on };
    if item_store::set(cx, commune, (dossier.id, row.number, seen), &turned, author.user, now).await? {
        let told = row.told();
        if ready {
            note(ctx, cx, &dossier, "handed", &told).await?;
        }
        outcome::look_again(ctx, cx, &dossier).await?;
    } else if (row.state, &row.note) != (state, &words) {
        form.set("version", &row.version.to_string());
        form.fail("ghi-chu", t.raced());
        let told = (author, !new.is_empty());
        return added_alone(ctx, cx, &dossier, &row, told, form, StatusCode::CONFLICT).await;
    }
    Ok(StatusCode::OK)
}

/// A file that was added though the rest could not be written: the item is to be handed in and looked at anew.
async fn added_alone(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    dossier: &Dossier,
    row: &ItemRow,
    (author, added): (Author, bool),
    form: &mut Form,
    status: StatusCode,
) -> Result<StatusCode, AppError> {
    if added {
        let key = (dossier.id, row.number);
        if item_store::reopen(cx, ctx.commune_id(), key, author.user, ctx.now()).await? {
            form.set("version", &(row.version + 1).to_string());
        }
        note(ctx, cx, dossier, "added", &row.told()).await?;
        outcome::look_again(ctx, cx, dossier).await?;
    }
    Ok(status)
}
