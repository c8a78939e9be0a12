//! An activity, who is asked to it and who came.

use crate::clock::{Day, Time};
use crate::db::words;
use crate::ids::{ActivityId, AttendanceId, ProducerId, ProgrammeId, SupportId, UserId, VillageId};

words! {
    /// What it is.
    ActivityKind {
        /// A class.
        Training = "training": "Lớp tập huấn" / "Training class",
        /// A fair, showroom or meeting with buyers.
        Fair = "fair": "Hội chợ, kết nối cung cầu" / "Fair, meeting with buyers",
        /// Advice.
        Consultation = "consultation": "Tư vấn, hướng dẫn" / "Consultation",
        /// Anything else.
        Other = "other": "Hoạt động khác" / "Other",
    }
}

impl ActivityKind {
    /// The kind of support (code in `seed/support-kinds.json`) that taking part usually is.
    pub const fn support_kind(self) -> &'static str {
        match self {
            Self::Training | Self::Other => "training",
            Self::Fair => "fair",
            Self::Consultation => "technique",
        }
    }
}

words! {
    /// What a class is about (the plan's section III.6).
    Topic {
        /// Digital skills.
        Digital = "digital": "Kỹ năng số" / "Digital skills",
        /// Online selling.
        Selling = "selling": "Bán hàng trực tuyến" / "Online selling",
        /// A business household's money.
        Finance = "finance": "Quản lý tài chính hộ kinh doanh" / "Household business finance",
        /// Starting a business.
        Starting = "starting": "Khởi sự kinh doanh" / "Starting a business",
        /// Safe production.
        Safety = "safety": "Kỹ thuật sản xuất an toàn" / "Safe production",
        /// Access to markets.
        Market = "market": "Kỹ năng tiếp cận thị trường" / "Market access",
        /// Anything else.
        Other = "other": "Nội dung khác" / "Another topic",
    }
}

words! {
    /// Where it stands.
    ActivityState {
        /// It is to come, or its results are not written yet.
        Planned = "planned": "Kế hoạch" / "Planned",
        /// It was held; what came of it is written.
        Held = "held": "Đã tổ chức" / "Held",
        /// It was called off.
        Cancelled = "cancelled": "Đã hủy" / "Cancelled",
    }
}

impl ActivityState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Planned => " wait",
            Self::Held => " ok",
            Self::Cancelled => " bad",
        }
    }
}

words! {
    /// What somebody invited says.
    InvitationAnswer {
        /// Nothing yet.
        None = "none": "Chưa trả lời" / "No answer",
        /// They come.
        Coming = "coming": "Sẽ đến" / "Coming",
        /// They don't.
        Absent = "absent": "Không đến được" / "Can't come",
    }
}

words! {
    /// How somebody's coming was written down.
    AttendanceChannel {
        /// By one tap of somebody who is logged in.
        Tap = "tap": "Tự điểm danh" / "Signed in",
        /// By name at the door.
        Door = "door": "Ghi tên ở cửa" / "Name at the door",
        /// By the office, from the printed list.
        Office = "office": "Cán bộ ghi" / "Written by the office",
    }
}

words! {
    /// Where a line of the attendance stands.
    AttendanceState {
        /// The office is to look at it.
        Waiting = "waiting": "Chờ xác nhận" / "To be confirmed",
        /// They came.
        Confirmed = "confirmed": "Đã tham dự" / "Attended",
        /// Written by mistake.
        Removed = "removed": "Đã bỏ" / "Taken out",
    }
}

impl AttendanceState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Waiting => " wait",
            Self::Confirmed => " ok",
            Self::Removed => " bad",
        }
    }
}

/// An activity.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Activity {
    /// Id.
    pub id: ActivityId,
    /// What it is.
    pub kind: ActivityKind,
    /// Its name.
    pub title: String,
    /// What it is about.
    pub topic: Topic,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// At what time, as people say it.
    pub hours: String,
    /// Where.
    pub place: String,
    /// Who runs it.
    pub runs_by: String,
    /// Of which programme.
    pub programme_id: Option<ProgrammeId>,
    /// For how many.
    pub seats: Option<i32>,
    /// What to know.
    pub description: String,
    /// Where it stands.
    pub state: ActivityState,
    /// People may sign in at the door.
    pub door_open: bool,
    /// Of the pages at the door.
    pub token: String,
    /// How many came, as counted by who ran it.
    pub participants: Option<i64>,
    /// What came of it.
    pub results: String,
    /// Why it was called off.
    pub cancel_reason: String,
    /// Counts up with each change.
    pub version: i64,
    /// Lines of its attendance that are confirmed.
    pub attended: i64,
    /// Producers among them.
    pub producers: i64,
}

/// Days around an activity in which people may sign in at its door.
const DOOR_DAYS: i64 = 1;

impl Activity {
    /// True if somebody may sign in at the door on this day.
    pub fn takes_at_door(&self, today: Day) -> bool {
        self.state == ActivityState::Planned
            && self.door_open
            && self.starts_on.plus_days(-DOOR_DAYS) <= today
            && today <= self.ends_on.plus_days(DOOR_DAYS)
    }

    /// True if what those who came think may be told on this day: from its first day on, for a month.
    pub fn takes_feedback(&self, today: Day) -> bool {
        self.state != ActivityState::Cancelled && self.starts_on <= today && today <= self.ends_on.plus_days(31)
    }

    /// Its days.
    pub fn days(&self) -> String {
        days(self.starts_on, self.ends_on)
    }
}

/// One day or several: `12/06/2026` or `12/06/2026 – 14/06/2026`.
pub fn days(first: Day, last: Day) -> String {
    if first == last { first.text() } else { format!("{} – {}", first.text(), last.text()) }
}

/// A producer that was asked to come.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Invitation {
    /// Who.
    pub producer_id: ProducerId,
    /// Its name.
    pub name: String,
    /// Suffix of its address.
    pub short: String,
    /// Its village.
    pub village_id: Option<VillageId>,
    /// Its phone.
    pub phone: Option<String>,
    /// What it says.
    pub answer: InvitationAnswer,
    /// Lines of the attendance that are confirmed for it.
    pub attended: i64,
}

/// A line of the attendance.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Attendance {
    /// Id.
    pub id: AttendanceId,
    /// At which activity.
    pub activity_id: ActivityId,
    /// For which producer they came.
    pub producer_id: Option<ProducerId>,
    /// Its name.
    pub producer_name: Option<String>,
    /// Suffix of its address.
    pub producer_short: Option<String>,
    /// Their name.
    pub name: String,
    /// Their village, as they wrote it.
    pub village: String,
    /// Their phone; may be empty.
    pub phone: String,
    /// How it was written down.
    pub channel: AttendanceChannel,
    /// Where it stands.
    pub state: AttendanceState,
    /// Why it was taken out.
    pub reason: String,
    /// The support record made of it.
    pub support_id: Option<SupportId>,
    /// When it was written.
    pub at: Time,
}

/// What a line of the attendance says of somebody who came.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Said {
    /// For which producer they came.
    pub producer: Option<ProducerId>,
    /// Their name.
    pub name: String,
    /// Their village.
    pub village: String,
    /// Their phone; may be empty.
    pub phone: String,
    /// Where the line stands.
    pub state: AttendanceState,
}

impl Said {
    /// Of a line as it is.
    pub fn of(row: &Attendance) -> Self {
        Self {
            producer: row.producer_id,
            name: row.name.clone(),
            village: row.village.clone(),
            phone: row.phone.clone(),
            state: row.state,
        }
    }
}

/// A new line of the attendance.
#[derive(Clone, Debug)]
pub struct NewAttendance {
    /// Id.
    pub id: AttendanceId,
    /// For which producer.
    pub producer: Option<ProducerId>,
    /// Who tapped.
    pub user: Option<UserId>,
    /// Their name.
    pub name: String,
    /// Their village.
    pub village: String,
    /// Their phone.
    pub phone: String,
    /// How.
    pub channel: AttendanceChannel,
    /// Waiting or confirmed.
    pub state: AttendanceState,
    /// Of the form.
    pub request: uuid::Uuid,
    /// When.
    pub at: Time,
}

/// The questions of the feedback form, each answered from 1 to 5, in the order of the columns.
pub const QUESTIONS: usize = 4;

/// What those who came think, summed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct FeedbackSums {
    /// How many answered.
    pub answers: i64,
    /// Sum of the first question's marks.
    pub useful: i64,
    /// Of the second's.
    pub clear: i64,
    /// Of the third's.
    pub usable: i64,
    /// Of the fourth's.
    pub organised: i64,
}

/// Fewer answers than this say little.
pub const FEW_ANSWERS: i64 = 5;

impl FeedbackSums {
    /// The means in tenths, in the order of the questions.
    pub fn means(&self) -> [i64; QUESTIONS] {
        let mean = |sum: i64| if self.answers == 0 { 0 } else { (sum * 20 + self.answers) / (self.answers * 2) };
        [self.useful, self.clear, self.usable, self.organised].map(mean)
    }

    /// True if too few answered.
    pub const fn is_few(&self) -> bool {
        self.answers < FEW_ANSWERS
    }
}

/// What was held in a year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// How many of each kind.
    pub by_kind: Vec<(ActivityKind, i64)>,
    /// Lines of attendance that are confirmed.
    pub attendances: i64,
    /// Different producers among them.
    pub producers: i64,
}

impl Held {
    /// How many in all.
    pub fn count(&self) -> i64 {
        self.by_kind.iter().map(|(_, count)| count).sum()
    }

    /// How many of a kind.
    pub fn of(&self, kind: ActivityKind) -> i64 {
        self.by_kind.iter().filter(|(one, _)| *one == kind).map(|(_, count)| count).sum()
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
