//! The work queue: what waits for an officer, oldest first, and what each thing is called.

use uuid::Uuid;

use super::errands::{self, Errand};
use super::names::Villages;
use super::queue_store::{self, Enquiry, Report, WaitingRevision};
use super::texts::Texts;
use crate::clock::Time;
use crate::db::words;
use crate::jobs::{self, Job};
use crate::misuse::store::cases::{self, Case};
use crate::recalls::store::alerts::{self, Alert};
use crate::support::model::{SupportKind, SupportRow, kind_name};
use crate::support::needs::model::NeedRow;
use crate::support::needs::store as needs;
use crate::support::store as support;
use crate::web::{AppError, Ctx, Lang};

words! {
    /// What an officer may be asked to do.
    WorkKind {
        /// A producer that was never approved.
        NewProducer = "co-so-moi": "Cơ sở mới" / "New producers",
        /// A product that was never approved.
        NewProduct = "san-pham-moi": "Sản phẩm mới" / "New products",
        /// A change to something approved.
        Changed = "thay-doi": "Có thay đổi" / "Changes",
        /// A producer's own recall, or a request for one.
        Recall = "thu-hoi": "Thu hồi" / "Recalls",
        /// What a producer says it needs.
        Need = "nhu-cau": "Nhu cầu hỗ trợ" / "Support needed",
        /// Support whose result is to be asked for.
        Result = "ket-qua": "Hỏi kết quả hỗ trợ" / "Results to ask for",
        /// Items of OCOP dossiers that were handed in.
        Dossier = "ho-so-ocop": "Hồ sơ OCOP" / "OCOP dossiers",
        /// Stars that end soon.
        Stars = "sao-het-han": "Sao OCOP sắp hết hạn" / "OCOP stars that end",
        /// A request about personal data.
        Privacy = "du-lieu-ca-nhan": "Dữ liệu cá nhân" / "Personal data",
        /// People to be confirmed as having come.
        Activity = "hoat-dong": "Điểm danh hoạt động" / "Attendance",
        /// A suspicion about labels.
        Misuse = "nghi-van": "Nghi vấn tem" / "Suspicious labels",
        /// A buyer's report.
        Report = "bao-van-de": "Báo vấn đề" / "Reports",
        /// An enquiry that waits for more than two days.
        Enquiry = "hoi-mua": "Hỏi mua chưa đáp" / "Unanswered enquiries",
        /// A background job that was set aside.
        Job = "viec-nen": "Việc nền hỏng" / "Failed jobs",
    }
}

/// How long an enquiry may wait before the office is told.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(2 * 24 * 3600);
/// Days after which a thing is shown as late: the office promises an answer within three working days.
const LATE: i64 = 3;

/// A line of the queue.
#[derive(Clone, Debug)]
pub struct Work {
    /// Id of what waits.
    pub id: Uuid,
    /// What kind of work it is.
    pub kind: WorkKind,
    /// Whom it is about.
    pub title: String,
    /// What it is about.
    pub line: String,
    /// Since when it waits.
    pub since: Time,
    /// Days it has waited.
    pub days: i64,
}

impl Work {
    /// How long it has waited, in words.
    pub fn age(&self, lang: Lang) -> String {
        let t = Texts(lang);
        if self.days == 0 { t.today().to_owned() } else { t.days_ago(self.days) }
    }

    /// True if it has waited for too long.
    pub fn is_late(&self) -> bool {
        self.days >= LATE
    }
}

/// Everything that waits.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// Revisions.
    pub revisions: Vec<WaitingRevision>,
    /// Recalls by producers, and requests for one.
    pub recalls: Vec<Alert>,
    /// Needs without an answer.
    pub needs: Vec<NeedRow>,
    /// Support whose result is due.
    pub results: Vec<SupportRow>,
    /// Names of the kinds of support.
    pub kinds: Vec<SupportKind>,
    /// What waits in rooms of their own.
    pub errands: Vec<Errand>,
    /// Open cases of misuse.
    pub cases: Vec<Case>,
    /// Reports.
    pub reports: Vec<Report>,
    /// Enquiries.
    pub enquiries: Vec<Enquiry>,
    /// Jobs.
    pub jobs: Vec<Job>,
    /// Names of the villages.
    pub villages: Villages,
}

impl Waiting {
    /// Reads it.
    pub async fn load(ctx: &Ctx) -> Result<Self, AppError> {
        let commune = ctx.commune_id();
        let mut conn = ctx.app.db.read().await?;
        let mut cx = conn.cx();
        Ok(Self {
            revisions: queue_store::revisions(&mut cx, commune).await?,
            recalls: alerts::waiting(&mut cx, commune).await?,
            needs: needs::waiting(&mut cx, commune).await?,
            results: support::due(&mut cx, commune, ctx.today()).await?,
            kinds: support::all_kinds(&mut cx, commune).await?,
            errands: errands::load(ctx, &mut cx).await?,
            cases: cases::open(&mut cx, commune).await?,
            reports: queue_store::reports(&mut cx, commune).await?,
            enquiries: queue_store::enquiries(&mut cx, commune, ctx.now().minus(PATIENCE)).await?,
            jobs: jobs::dead(&mut cx, commune).await?,
            villages: Villages::load(&mut cx, commune).await?,
        })
    }

    /// The lines, those that wait longest first.
    pub fn lines(&self, now: Time, lang: Lang) -> Vec<Work> {
        let mut lines: Vec<Work> = Vec::new();
        lines.extend(self.revisions.iter().map(|one| of_revision(one, lang)));
        lines.extend(self.recalls.iter().map(|one| of_recall(one, lang)));
        lines.extend(self.needs.iter().map(|one| of_need(one, &self.kinds, lang)));
        lines.extend(self.results.iter().map(|one| of_result(one, &self.kinds, lang)));
        lines.extend(self.errands.iter().map(of_errand));
        lines.extend(self.cases.iter().map(|one| of_case(one, lang)));
        lines.extend(self.reports.iter().map(|one| of_report(one, lang)));
        lines.extend(self.enquiries.iter().map(|one| of_enquiry(one, lang)));
        lines.extend(self.jobs.iter().map(|one| of_job(one, lang)));
        for line in &mut lines {
            line.days = now.day().days_since(line.since.day()).max(0);
        }
        lines.sort_by_key(|line| (line.since, line.id));
        lines
    }
}

/// A name, or a word where there is none yet.
pub fn named(name: &str, lang: Lang) -> String {
    if name.is_empty() { Texts(lang).unnamed().to_owned() } else { name.to_owned() }
}

fn of_revision(one: &WaitingRevision, lang: Lang) -> Work {
    let t = Texts(lang);
    let product = one.product_name.as_deref().map(|name| named(name, lang));
    let (kind, line) = match (product, one.product_approved_at, one.producer_approved_at) {
        (Some(name), None, _) => (WorkKind::NewProduct, t.k_new_product(name)),
        (Some(name), Some(_), _) => (WorkKind::Changed, t.k_change_product(name)),
        (None, _, None) => (WorkKind::NewProducer, t.k_new_producer().to_owned()),
        (None, _, Some(_)) => (WorkKind::Changed, t.k_change_producer().to_owned()),
    };
    let line = format!("{line}, {}", one.channel.label(lang));
    let since = one.submitted_at.unwrap_or(one.updated_at);
    Work { id: one.id.0, kind, title: named(&one.producer_name, lang), line, since, days: 0 }
}

fn of_recall(one: &Alert, lang: Lang) -> Work {
    let line = Texts(lang).k_recall(one.kind.label(lang), &one.lot_code, &one.product_name);
    Work {
        id: one.id.0,
        kind: WorkKind::Recall,
        title: one.producer_name.clone(),
        line,
        since: one.created_at,
        days: 0,
    }
}

fn of_need(one: &NeedRow, kinds: &[SupportKind], lang: Lang) -> Work {
    let title = named(&one.producer_name, lang);
    let line = kind_name(kinds, &one.kind, lang).to_owned();
    Work { id: one.id.0, kind: WorkKind::Need, title, line, since: one.created_at, days: 0 }
}

fn of_result(one: &SupportRow, kinds: &[SupportKind], lang: Lang) -> Work {
    let title = named(&one.producer_name, lang);
    let line = Texts(lang).k_result(kind_name(kinds, &one.kind, lang), one.given_on);
    let since = one.result_due.unwrap_or(one.given_on).start();
    Work { id: one.id.0, kind: WorkKind::Result, title, line, since, days: 0 }
}

fn of_errand(one: &Errand) -> Work {
    let (title, line) = (one.title.clone(), one.line.clone());
    Work { id: one.id, kind: one.kind, title, line, since: one.since, days: 0 }
}

fn of_case(one: &Case, lang: Lang) -> Work {
    let title = one.producer_name.clone().unwrap_or_else(|| one.rule.label(lang).to_owned());
    let line = one.evidence().say(one.rule, lang);
    Work { id: one.id, kind: WorkKind::Misuse, title, line, since: one.opened_at, days: 0 }
}

fn of_report(one: &Report, lang: Lang) -> Work {
    let t = Texts(lang);
    let title = one.product_name.clone().unwrap_or_else(|| t.unknown_code().to_owned());
    let line = t.k_report().to_owned();
    Work { id: one.id.0, kind: WorkKind::Report, title, line, since: one.created_at, days: 0 }
}

fn of_enquiry(one: &Enquiry, lang: Lang) -> Work {
    let line = Texts(lang).k_enquiry(&one.product_name);
    let title = named(&one.producer_name, lang);
    Work { id: one.id.0, kind: WorkKind::Enquiry, title, line, since: one.created_at, days: 0 }
}

fn of_job(one: &Job, lang: Lang) -> Work {
    let line = Texts(lang).k_job(one.attempts);
    Work { id: one.id, kind: WorkKind::Job, title: one.kind.clone(), line, since: one.created_at, days: 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RevisionId;
    use crate::producers::model::Channel;

    #[expect(clippy::option_option, reason = "of a product or not, and of one approved before or not")]
    fn revision(at: i64, product: Option<Option<i64>>, producer_approved: bool) -> WaitingRevision {
        WaitingRevision {
            id: RevisionId(Uuid::from_u128(at as u128)),
            channel: Channel::Helper,
            submitted_at: Some(Time::from_micros(at)),
            updated_at: Time::from_micros(at),
            producer_name: "Vườn ổi".to_owned(),
            producer_approved_at: producer_approved.then_some(Time::from_micros(1)),
            product_name: product.map(|_| "Ổi lê".to_owned()),
            product_approved_at: product.flatten().map(Time::from_micros),
        }
    }

    #[test]
    fn new_things_are_told_from_changed_ones_and_the_oldest_comes_first() {
        let day = 24 * 3600 * 1_000_000;
        let waiting = Waiting {
            revisions: vec![
                revision(9 * day, None, false),
                revision(5 * day, Some(None), true),
                revision(7 * day, Some(Some(1)), true),
                revision(6 * day, None, true),
            ],
            ..Waiting::default()
        };
        let lines = waiting.lines(Time::from_micros(10 * day), Lang::Vi);
        let kinds: Vec<WorkKind> = lines.iter().map(|line| line.kind).collect();
        assert_eq!(kinds, [WorkKind::NewProduct, WorkKind::Changed, WorkKind::Changed, WorkKind::NewProducer]);
        assert_eq!(lines[0].days, 5);
        assert!(lines[0].is_late() && !lines[3].is_late());
        assert!(lines[3].line.contains("Tổ công nghệ số"));
    }
}
