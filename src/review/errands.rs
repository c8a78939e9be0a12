//! Errands: what waits for the office in rooms of their own, with the way there.

use uuid::Uuid;

use super::queue::WorkKind;
use super::texts::Texts;
use crate::activities::store::people as activities;
use crate::clock::Time;
use crate::db::Cx;
use crate::ocop::model::TOLD_MONTHS;
use crate::ocop::store as ocop;
use crate::privacy::store as privacy;
use crate::support::warnings::months_before;
use crate::web::{AppError, Ctx};

/// Something that waits elsewhere.
#[derive(Clone, Debug)]
pub struct Errand {
    /// Id of what waits.
    pub id: Uuid,
    /// What kind of work it is.
    pub kind: WorkKind,
    /// Whom or what it is about.
    pub title: String,
    /// What is to be done.
    pub line: String,
    /// Since when.
    pub since: Time,
    /// Where it is done.
    pub href: String,
}

/// Everything that waits in other rooms.
pub async fn load(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<Vec<Errand>, AppError> {
    let mut errands = Vec::new();
    of_dossiers(ctx, cx, &mut errands).await?;
    for (id, title, people, since) in activities::waiting(cx, ctx.commune_id()).await? {
        let line = Texts(ctx.lang).k_attendance(people);
        let href = format!("/van-phong/hoat-dong/{id}/diem-danh");
        errands.push(Errand { id: id.0, kind: WorkKind::Activity, title, line, since, href });
    }
    for request in privacy::open(cx, ctx.commune_id()).await? {
        errands.push(Errand {
            id: request.id.0,
            kind: WorkKind::Privacy,
            line: Texts(ctx.lang).k_privacy(request.kind.label(ctx.lang), request.due().unwrap_or(request.done_due)),
            since: request.created_at,
            href: format!("/van-phong/du-lieu-ca-nhan/{}", request.id),
            title: request.name,
        });
    }
    Ok(errands)
}

/// Items of OCOP dossiers that were handed in, and stars that end soon and for which no new dossier is open.
async fn of_dossiers(ctx: &Ctx, cx: &mut Cx<'_>, errands: &mut Vec<Errand>) -> Result<(), AppError> {
    let (commune, today, t) = (ctx.commune_id(), ctx.today(), Texts(ctx.lang));
    for one in ocop::items::handed(cx, commune).await? {
        errands.push(Errand {
            id: one.id.0,
            kind: WorkKind::Dossier,
            title: one.name,
            line: t.k_dossier(one.items, &one.producer_name),
            since: one.since,
            href: format!("/van-phong/ocop/{}", one.id),
        });
    }
    let until = months_before(today, -TOLD_MONTHS[0]);
    for one in ocop::decisions::ending_untouched(cx, commune, today, until).await? {
        errands.push(Errand {
            id: one.product_id.0,
            kind: WorkKind::Stars,
            line: t.k_stars(one.stars, one.expires_on, &one.producer_name),
            since: months_before(one.expires_on, TOLD_MONTHS[0]).start(),
            href: format!("/van-phong/ocop/mo/{}", one.product_short),
            title: one.product_name,
        });
    }
    Ok(())
}
