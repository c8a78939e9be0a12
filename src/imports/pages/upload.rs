//! `/van-phong/nhap`: what was imported so far, and the form that takes a file.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use sha2::{Digest, Sha256};

use super::{ACTIVITY, HERE, activity_choices, chosen_activity};
use crate::files::{MAX_BYTES, Upload};
use crate::ids::ImportId;
use crate::imports::model::{Batch, BatchState, Kind, Mode};
use crate::imports::plan::{self, Way};
use crate::imports::store;
use crate::imports::texts::Texts;
use crate::review::listing::{Listing, Pager, ROWS};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "imports/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    batches: Vec<Batch>,
    pager: Pager,
    kinds: Vec<(&'static str, &'static str, &'static str)>,
    modes: Vec<(&'static str, &'static str, &'static str)>,
    activities: Vec<(String, String)>,
    may_change: bool,
}

async fn list_page(ctx: &Ctx, mut form: Form) -> Result<ListPage, AppError> {
    let t = Texts(ctx.lang);
    let listing = Listing::of(ctx);
    let mut conn = ctx.app.db.read().await?;
    let total = store::count(&mut conn.cx(), ctx.commune_id()).await?;
    let pager = Pager::of(&listing, total as usize);
    let batches = store::latest(&mut conn.cx(), ctx.commune_id(), ROWS as i64, pager.offset() as i64).await?;
    for (name, usual) in [("loai", Kind::Producers.word()), ("viec", Mode::Import.word())] {
        if !form.sent(name) {
            form.push(name, usual);
        }
    }
    let activities = activity_choices(ctx, &mut conn.cx()).await?;
    Ok(ListPage {
        activities,
        page: Page::of(ctx, Area::Office, HERE),
        t,
        form,
        batches,
        pager,
        kinds: Kind::ALL.iter().map(|kind| (kind.word(), kind.label(ctx.lang), "")).collect(),
        modes: Mode::ALL
            .iter()
            .map(|mode| {
                (
                    mode.word(),
                    mode.label(ctx.lang),
                    if *mode == Mode::Import { t.mode_import() } else { t.mode_compare() },
                )
            })
            .collect(),
        may_change: ctx.officer().is_ok(),
    })
}

/// `GET /van-phong/nhap`: `?loai=` and `?hoat-dong=` choose what the lines are, and of which activity.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (listing, mut form) = (Listing::of(&ctx), Form::default());
    for name in ["loai", ACTIVITY] {
        if !listing.get(name).is_empty() {
            form.push(name, listing.get(name));
        }
    }
    Ok(list_page(&ctx, form).await?.into_response())
}

/// `POST /van-phong/nhap`: takes a file and leads to what it would do.
pub async fn take(ctx: Ctx, upload: Upload) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let (mut form, file) = upload.receive_raw(&ctx, "tep").await?;
    let kind = form.value("loai").parse::<Kind>().ok();
    let mode = form.value("viec").parse::<Mode>().ok();
    if kind.is_none() {
        form.fail("loai", t.kind_choose());
    }
    if mode == Some(Mode::Compare) && kind.is_some_and(|kind| !kind.is_compared()) {
        form.fail("viec", t.compare_producers());
    }
    if file.is_none() && form.error("tep").is_none() {
        form.fail("tep", t.file_missing());
    }
    let mut conn = ctx.app.db.read().await?;
    let offered = activity_choices(&ctx, &mut conn.cx()).await?;
    // The field is of lists of those who came alone.
    let is_list = kind == Some(Kind::Attendance);
    let activity = if is_list { chosen_activity(&mut form, &offered, t) } else { None };
    let (Some(kind), Some(mode), Some((file_name, bytes)), true) = (kind, mode, file, form.is_fine()) else {
        drop(conn);
        return refused(&ctx, form).await;
    };
    let remembered = store::headings(&mut conn.cx(), ctx.commune_id(), kind).await?;
    drop(conn);
    let way = Way { kind, sheet: String::new(), leave_hidden: false, remembered, lang: ctx.lang, today: ctx.today() };
    let judged = tokio::task::spawn_blocking(move || plan::read(&bytes, &way).map(|_| bytes));
    let bytes = match judged.await.map_err(AppError::internal)? {
        Ok(bytes) => bytes,
        Err(refusal) => {
            form.fail("tep", format!("{file_name}: {}", refusal.say(ctx.lang)));
            return refused(&ctx, form).await;
        }
    };
    let batch = Batch { activity_id: activity, ..new_batch(&ctx, officer, kind, mode, file_name, &bytes) };
    let key = plan::key(batch.commune_id, batch.id);
    if let Err(error) = ctx.app.files.put(key, bytes).await {
        tracing::error!(%error, "a file to be imported could not be stored");
        return Err(AppError::from(&error));
    }
    let mut tx = ctx.app.db.begin().await?;
    store::insert(&mut tx.cx(), &batch).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}", batch.id)).into_response())
}

fn new_batch(ctx: &Ctx, officer: crate::ids::UserId, kind: Kind, mode: Mode, file_name: String, bytes: &[u8]) -> Batch {
    Batch {
        commune_id: ctx.commune_id(),
        id: ImportId::new(ctx.now()),
        kind,
        mode,
        state: BatchState::Checked,
        file_name,
        sha256: data_encoding::HEXLOWER.encode(&Sha256::digest(bytes)),
        bytes: bytes.len() as i64,
        sheet: String::new(),
        leave_hidden: false,
        activity_id: None,
        made: 0,
        changed: 0,
        same: 0,
        wrong: 0,
        trouble: String::new(),
        version: 1,
        created_by: officer,
        created_at: ctx.now(),
        ran_by: None,
        ran_at: None,
        undone_by: None,
        undone_at: None,
        dropped_at: None,
    }
}

async fn refused(ctx: &Ctx, form: Form) -> Result<Response, AppError> {
    let status = form.status();
    Ok((status, list_page(ctx, form).await?).into_response())
}

impl ListPage {
    fn most() -> usize {
        MAX_BYTES / 1024 / 1024
    }

    /// Where a file stands: one that was only compared is never imported.
    fn state(batch: &Batch, lang: Lang) -> &'static str {
        if batch.mode == Mode::Compare { batch.mode.label(lang) } else { batch.state.label(lang) }
    }

    fn tag(batch: &Batch) -> &'static str {
        match batch.state {
            BatchState::Done => " ok",
            BatchState::Queued => " wait",
            BatchState::Checked | BatchState::Undone => "",
        }
    }
}
