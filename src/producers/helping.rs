//! Helpers (Tổ công nghệ số cộng đồng): the producers of their villages, writing on a producer's behalf with
//! recorded consent.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::clock::{Day, DayError};
use crate::db::{Cx, words};
use crate::ids::{ProducerId, VillageId};
use crate::review::flow::Author;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

use super::acting::Acting;
use super::model::{Channel, ConsentField, Producer, ProducerContent, State};
use super::pages::{Agreement, Pick, address, area, begin_once, request_id};
use super::steps::Step;
use super::store::{self, ConsentGiven};
use super::texts::Texts;

/// Days after which an agreement must be asked for anew.
const LASTS_DAYS: i64 = 366;

words! {
    /// How somebody agreed to being helped.
    How {
        /// In person.
        Met = "met": "Gặp trực tiếp" / "Met in person",
        /// On paper.
        Paper = "paper": "Ký phiếu giấy" / "Signed a paper form",
        /// By phone.
        Phone = "phone": "Nói qua điện thoại" / "By phone",
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/helping.html")]
struct HelpingPage {
    page: Page,
    t: Texts,
    villages: Vec<VillageList>,
    names: String,
    count: usize,
}

struct VillageList {
    name: String,
    producers: Vec<Line>,
}

struct Line {
    href: String,
    name: String,
    kind: &'static str,
    class: &'static str,
    tag: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/agreement.html")]
struct AgreementPage {
    page: Page,
    t: Texts,
    form: Form,
    title: String,
    action: String,
    back: String,
    go: &'static str,
    request_id: String,
    /// Villages to choose from; empty where the producer exists already.
    villages: Vec<(String, String)>,
}

impl AgreementPage {
    fn hows(&self) -> [Pick; 3] {
        let t = self.t;
        [("met", t.how_met(), ""), ("paper", t.how_paper(), t.how_paper_hint()), ("phone", t.how_phone(), "")]
    }
}

/// The tag of a state: class and word.
pub(super) fn tag(state: State, lang: Lang) -> (&'static str, &'static str) {
    let class = match state {
        State::Approved => " ok",
        State::Submitted | State::Draft => " wait",
        State::ChangesRequested | State::Rejected | State::Suspended => " bad",
        State::Withdrawn => "",
    };
    (class, state.label(lang))
}

/// `GET /ho-tro`: the producers of the helper's villages.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    let own = ctx.helper()?;
    let t = Texts(ctx.lang);
    let mut conn = ctx.app.db.read().await?;
    let mut villages = Vec::new();
    for village in store::villages(&mut conn.cx(), ctx.commune_id()).await? {
        if own.contains(&village.id) {
            let producers = store::of_village(&mut conn.cx(), ctx.commune_id(), village.id).await?;
            let producers = producers.iter().map(|producer| line(producer, t)).collect();
            villages.push(VillageList { name: village.name, producers });
        }
    }
    let names = villages.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ");
    let count = villages.iter().map(|v| v.producers.len()).sum();
    let page = Page::of(&ctx, Area::Helper, "/ho-tro");
    Ok(HelpingPage { page, t, villages, names, count }.into_response())
}

fn line(producer: &Producer, t: Texts) -> Line {
    let (class, tag) = tag(producer.state, t.0);
    let name = if producer.name.is_empty() { t.nameless().to_owned() } else { producer.name.clone() };
    let kind = producer.kind().map_or("", |kind| kind.label(t.0));
    Line { href: address(&producer.short, ""), name, kind, class, tag }
}

/// `GET /ho-tro/co-so/moi`: whose consent, how and when, before anything is written for them.
pub async fn begin(ctx: Ctx) -> Result<Response, AppError> {
    Ok(begin_page(&ctx, Form::default()).await?.into_response())
}

async fn begin_page(ctx: &Ctx, mut form: Form) -> Result<AgreementPage, AppError> {
    let own = ctx.helper()?;
    let t = Texts(ctx.lang);
    let mut conn = ctx.app.db.read().await?;
    let villages = store::villages(&mut conn.cx(), ctx.commune_id()).await?;
    let villages: Vec<_> =
        villages.into_iter().filter(|v| own.contains(&v.id)).map(|v| (v.id.to_string(), v.name)).collect();
    if let ([only], false) = (villages.as_slice(), form.sent("village")) {
        form.push("village", &only.0);
    }
    Ok(AgreementPage {
        page: Page::of(ctx, Area::Helper, "/ho-tro"),
        t,
        request_id: request_id(ctx, &form),
        form,
        title: t.helping_begin_title().to_owned(),
        action: "/ho-tro/co-so/moi".to_owned(),
        back: "/ho-tro".to_owned(),
        go: t.helping_agree(),
        villages,
    })
}

/// `POST /ho-tro/co-so/moi`: begins a producer in one of the helper's own villages.
pub async fn do_begin(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let own = ctx.helper()?;
    let t = Texts(ctx.lang);
    let village = match form.value("village").parse::<VillageId>() {
        Ok(village) if own.contains(&village) => Some(village),
        Ok(_) => {
            form.fail("village", t.village_strange());
            None
        }
        Err(_) => {
            form.fail("village", t.village_missing());
            None
        }
    };
    let agreement = read_agreement(&mut form, ctx.today(), ctx.lang, Channel::Helper);
    let (Some(village), Some(agreement)) = (village, agreement) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, begin_page(&ctx, form).await?).into_response());
    };
    let author = Author { user: ctx.user_id()?, channel: Channel::Helper };
    let content = ProducerContent { village: Some(village), ..ProducerContent::default() };
    let id = ProducerId(form.request_id(ctx.now()));
    let short = begin_once(&ctx, id, &content, author, Some(&agreement)).await?;
    Ok(Redirect::to(&format!("{}?da-luu=1", address(&short, Step::Kind.path()))).into_response())
}

/// How and when somebody agreed, or what is wrong with it in the form.
fn read_agreement(form: &mut Form, today: Day, lang: Lang, channel: Channel) -> Option<Agreement> {
    let t = Texts(lang);
    let how = form.value("how").parse::<How>().ok();
    if how.is_none() {
        form.fail("how", t.how_missing());
    }
    let day = match Day::parse(form.value("when")) {
        Ok(day) if day > today => Err(t.when_future()),
        Ok(day) if today.days_since(day) > LASTS_DAYS => Err(t.when_old()),
        Ok(day) => Ok(day),
        Err(DayError::NoSuchDay) => Err(t.when_wrong()),
        Err(DayError::Shape) => Err(t.when_missing()),
    };
    let day = day.map_err(|message| form.fail("when", message)).ok()?;
    let how = how?;
    // Evidence is read by the office, so it is in Vietnamese whatever the helper's language is.
    let evidence = format!("{}, {}", how.label(Lang::Vi), day.text());
    Some(Agreement { channel: if how == How::Paper { Channel::Paper } else { channel }, evidence })
}

/// Records that the producer agreed to being helped.
pub(super) async fn record(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    producer: &Producer,
    author: Author,
    agreement: &Agreement,
) -> crate::db::Result<()> {
    let given = ConsentGiven {
        by: Some(author.user),
        channel: agreement.channel,
        evidence: &agreement.evidence,
        at: ctx.now(),
    };
    store::give_consent(cx, producer.commune_id, producer.id, ConsentField::Helping, &given).await
}

/// `GET /cua-toi/co-so/{short}/dong-y`: before a helper or officer writes for a producer that began by itself.
pub async fn agree(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, &short).await?;
    if author.channel == Channel::OneSelf {
        return Ok(Redirect::to(&address(&short, "")).into_response());
    }
    Ok(agree_page(&ctx, &producer, author, Form::default()).into_response())
}

fn agree_page(ctx: &Ctx, producer: &Producer, author: Author, form: Form) -> AgreementPage {
    let t = Texts(ctx.lang);
    let (area, current) = area(author);
    let name = if producer.name.is_empty() { t.nameless() } else { producer.name.as_str() };
    AgreementPage {
        page: Page::of(ctx, area, current),
        t,
        request_id: request_id(ctx, &form),
        form,
        title: t.agree_title(name),
        action: address(&producer.short, "dong-y"),
        back: if author.channel == Channel::Helper { "/ho-tro".to_owned() } else { "/van-phong/co-so".to_owned() },
        go: t.agree_go(),
        villages: Vec::new(),
    }
}

/// `POST /cua-toi/co-so/{short}/dong-y`.
pub async fn do_agree(ctx: Ctx, Path(short): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, &short).await?;
    if author.channel != Channel::OneSelf {
        let Some(agreement) = read_agreement(&mut form, ctx.today(), ctx.lang, author.channel) else {
            let page = agree_page(&ctx, &producer, author, form);
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        };
        let mut tx = ctx.app.db.begin().await?;
        record(&ctx, &mut tx.cx(), &producer, author, &agreement).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("{}?da-luu=1", address(&short, ""))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(how: &str, when: &str) -> (Form, Option<Agreement>) {
        let mut form = Form::default();
        form.push("how", how);
        form.push("when", when);
        let today = Day::new(2026, 11, 22).unwrap();
        let agreement = read_agreement(&mut form, today, Lang::Vi, Channel::Helper);
        (form, agreement)
    }

    #[test]
    fn an_agreement_says_how_and_when() {
        let (_, agreement) = read("met", "20/11/2026");
        assert_eq!(
            agreement.map(|a| (a.channel, a.evidence)),
            Some((Channel::Helper, "Gặp trực tiếp, 20/11/2026".into()))
        );
        assert_eq!(read("paper", "22/11/2026").1.map(|a| a.channel), Some(Channel::Paper));
    }

    #[test]
    fn a_day_that_cannot_be_is_refused_with_the_reason() {
        let t = Texts(Lang::Vi);
        let says = |when| read("met", when).0.error("when").map(str::to_owned);
        assert_eq!(says("23/11/2026").as_deref(), Some(t.when_future()));
        assert_eq!(says("31/02/2026").as_deref(), Some(t.when_wrong()));
        assert_eq!(says("hôm qua").as_deref(), Some(t.when_missing()));
        assert_eq!(says("22/11/2024").as_deref(), Some(t.when_old()));
        assert_eq!(read("", "20/11/2026").0.error("how"), Some(t.how_missing()));
        assert!(read("", "20/11/2026").1.is_none());
    }
}
