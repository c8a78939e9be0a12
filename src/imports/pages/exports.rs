//! `/van-phong/nhap/xuat/{kind}`: every column of a kind as a file, logged with what it is for.

use axum::extract::Path;
use axum::response::Response;

use super::{HERE, around};
use crate::imports::export;
use crate::imports::model::Kind;
use crate::imports::texts::Texts;
use crate::support::download::{self, Offer};
use crate::support::export::{FileFormat, Table};
use crate::web::{AppError, Ctx, Form};

fn what(kind: Kind) -> &'static str {
    match kind {
        Kind::Producers => "co-so-du-cot",
        Kind::Products => "san-pham-du-cot",
        Kind::Support => "ho-tro-du-cot",
        Kind::Attendance => "nguoi-du-du-cot",
    }
}

async fn table(ctx: &Ctx, kind: Kind, format: FileFormat, personal: bool) -> Result<Table, AppError> {
    let mut conn = ctx.app.db.read().await?;
    export::table(&mut conn.cx(), kind, around(ctx), format, personal).await
}

fn offer(ctx: &Ctx, kind: Kind, rows: usize) -> Offer {
    let t = Texts(ctx.lang);
    Offer {
        what: what(kind),
        title: t.export_title(kind.label(ctx.lang)),
        rows,
        filter: vec![if kind == Kind::Attendance { t.export_filter_people() } else { t.export_filter() }.to_owned()],
        back: HERE.to_owned(),
        current: HERE,
        on_paper: false,
    }
}

/// `GET /van-phong/nhap/xuat/{kind}`: asks what for.
pub async fn ask(ctx: Ctx, Path(kind): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let kind: Kind = kind.parse().map_err(|_| AppError::NotFound)?;
    let rows = table(&ctx, kind, FileFormat::Xlsx, false).await?.rows.len();
    Ok(download::ask(&ctx, download::asked(&ctx), offer(&ctx, kind, rows)))
}

/// `POST /van-phong/nhap/xuat/{kind}`: hands the file over.
pub async fn download(ctx: Ctx, Path(kind): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let kind: Kind = kind.parse().map_err(|_| AppError::NotFound)?;
    let wanted = download::read(&ctx, &mut form).filter(|wanted| !wanted.format.is_paper());
    let Some(wanted) = wanted else {
        let rows = table(&ctx, kind, FileFormat::Xlsx, false).await?.rows.len();
        return Ok(download::ask(&ctx, form, offer(&ctx, kind, rows)));
    };
    let mut table = table(&ctx, kind, wanted.format, wanted.phones).await?;
    let offer = offer(&ctx, kind, table.rows.len());
    table.title.clone_from(&offer.title);
    table.notes = download::notes(&ctx, &offer.filter, table.rows.len());
    download::deliver(&ctx, &offer, &wanted, table).await
}
