//! Everything that is held of a person, for that person (Law 91/2025/QH15: the right to see): as data for programs,
//! as a table for people, and with the papers and photos themselves in one archive.

use std::io::{Cursor, Write as _};

use serde_json::{Value, json};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::erasure::store::Dropped;
use super::model::{DataRequest, RequestState};
use super::store;
use super::texts::Texts;
use crate::accounts::store::User;
use crate::app::App;
use crate::clock::Time;
use crate::db::Cx;
use crate::files::render::kind_of;
use crate::files::store::FileUse;
use crate::files::{FileKey, Size};
use crate::ids::CommuneId;
use crate::ocop::store as dossiers;
use crate::producers::model::Producer;
use crate::products::store as products;
use crate::support::export::{Cell, Column, ColumnKind, FileFormat, Table};
use crate::support::needs::store as needs;
use crate::support::store as support;
use crate::traceability::store::places;
use crate::web::{AppError, Ctx, Lang};

/// Bytes of papers and photos that one archive takes; the rest are named in it.
const MOST: i64 = 100 << 20;

/// Whose data. Papers are those of its producers: what somebody sent for others is the others'.
#[derive(Clone, Debug)]
pub struct Whose {
    /// The account, if there is one.
    pub account: Option<User>,
    /// Producers that it owns, or the one that is asked about.
    pub producers: Vec<Producer>,
}

/// What is held.
#[derive(Clone, Debug)]
pub struct Held {
    /// All of it.
    pub data: Value,
    /// Its papers and photos: row, name, bytes.
    pub files: Vec<(Dropped, String, i64)>,
}

fn times(from: Time, to: Option<Time>) -> Value {
    json!({"given_at": from.iso(), "withdrawn_at": to.map(|at| at.iso())})
}

fn merged(mut value: Value, more: Value) -> Value {
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

/// Reads it.
pub async fn held(ctx: &Ctx, cx: &mut Cx<'_>, whose: &Whose) -> Result<Held, AppError> {
    let commune = ctx.commune_id();
    let (mut all, mut files) = (Vec::new(), Vec::new());
    for one in &whose.producers {
        all.push(producer(cx, commune, one).await?);
        files.extend(store::files_of(cx, commune, one.id).await?);
    }
    let mut data = json!({
        "taken_at": ctx.now().iso(),
        "commune": ctx.commune.name,
        "producers": all,
    });
    if let Some(user) = &whose.account {
        data = merged(data, account(cx, commune, user, ctx.now()).await?);
    }
    let named = |(row, name, bytes): &(Dropped, String, i64)| json!({"id": row.id, "name": name, "bytes": bytes});
    let listed: Vec<Value> = files.iter().map(named).collect();
    Ok(Held { data: merged(data, json!({"files": listed})), files })
}

async fn producer(cx: &mut Cx<'_>, commune: CommuneId, producer: &Producer) -> Result<Value, AppError> {
    let id = producer.id;
    let consents = store::all_consents_of(cx, commune, id).await?;
    let consent = |(field, version, channel, given, withdrawn): (String, String, String, Time, Option<Time>)| {
        merged(json!({"field": field, "text_version": version, "channel": channel}), times(given, withdrawn))
    };
    let mut goods = Vec::new();
    for product in products::of_producer(cx, commune, id).await? {
        let dossiers = dossiers::of_product(cx, commune, product.id).await?;
        let dossier = |one: &crate::ocop::model::Dossier| json!({"year": one.year, "state": one.state.word()});
        goods.push(json!({"address": product.path(), "state": product.state.word(), "content": product.content,
            "dossiers": dossiers.iter().map(dossier).collect::<Vec<_>>()}));
    }
    let places = places::of_producer(cx, commune, id).await?;
    let place = |place: &crate::traceability::model::Place| json!({"name": place.name, "address": place.address, "gln": place.gln});
    let needs = needs::of_producer(cx, commune, id).await?;
    let need = |need: &crate::support::needs::model::NeedRow| {
        json!({"kind": need.kind, "words": need.words, "state": need.state.word(), "answer": need.answer,
            "told_at": need.created_at.iso()})
    };
    let given = support::of_producer(cx, commune, id).await?;
    let record = |row: &crate::support::model::SupportRow| {
        json!({"kind": row.kind, "state": row.state.word(), "day": row.given_on.iso(), "paid": row.paid.0,
            "note": row.note, "result": row.result})
    };
    Ok(json!({
        "address": producer.path(),
        "state": producer.state.word(),
        "content": producer.content,
        "consents": consents.into_iter().map(consent).collect::<Vec<_>>(),
        "products": goods,
        "places": places.iter().map(place).collect::<Vec<_>>(),
        "needs": needs.iter().map(need).collect::<Vec<_>>(),
        "support": given.iter().map(record).collect::<Vec<_>>(),
    }))
}

async fn account(cx: &mut Cx<'_>, commune: CommuneId, user: &User, now: Time) -> Result<Value, AppError> {
    let requests = store::of_user(cx, commune, user.id).await?;
    let request = |one: &DataRequest| {
        json!({"kind": one.kind.word(), "words": one.words, "state": one.state.word(),
            "received_on": one.received_on.iso()})
    };
    let attended = store::attended(cx, commune, user.id).await?;
    let came = |(title, name, village, phone, at): &(String, String, String, String, Time)| json!({"activity": title, "name": name, "village": village, "phone": phone, "at": at.iso()});
    let sessions = crate::accounts::store::sessions(cx, user.id, now).await?;
    let session = |one: &crate::accounts::store::OwnSession| json!({"device": one.device_name(), "since": one.created_at.iso(), "seen_at": one.seen_at.iso()});
    Ok(json!({
        "account": {"name": user.name, "phone": user.phone.as_str(),
            "phone_verified": user.phone_verified_at.is_some(), "since": user.created_at.iso()},
        "sessions": sessions.iter().map(session).collect::<Vec<_>>(),
        "attended": attended.iter().map(came).collect::<Vec<_>>(),
        "requests": requests.iter().map(request).collect::<Vec<_>>(),
    }))
}

/// The archive: a table to read (PDF), the data (JSON), papers and photos.
pub async fn archive(app: &App, commune: CommuneId, held: &Held, lang: Lang) -> Result<Vec<u8>, AppError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let put = |zip: &mut ZipWriter<Cursor<Vec<u8>>>, name: &str, bytes: &[u8]| -> Result<(), AppError> {
        zip.start_file(name, options).map_err(AppError::internal)?;
        zip.write_all(bytes).map_err(AppError::internal)
    };
    let table = table(&held.data, Texts(lang));
    let pages = tokio::task::spawn_blocking(move || table.write(FileFormat::Pdf, None)).await;
    put(&mut zip, "du-lieu.pdf", &pages.map_err(AppError::internal)?.map_err(AppError::internal)?)?;
    put(&mut zip, "du-lieu.json", &serde_json::to_vec_pretty(&held.data).map_err(AppError::internal)?)?;
    let (mut taken, mut missing) = (0, Vec::new());
    for (row, name, bytes) in &held.files {
        taken += bytes;
        let (key, extension) = key(commune, row);
        let file = if taken > MOST { None } else { app.files.get(key).await.ok() };
        match file {
            Some(file) => put(&mut zip, &format!("tep/{}.{extension}", row.id), &file)?,
            None => missing.push(format!("{}\t{name}\n", row.id)),
        }
    }
    if !missing.is_empty() {
        put(&mut zip, "tep/khong-kem.txt", missing.concat().as_bytes())?;
    }
    Ok(zip.finish().map_err(AppError::internal)?.into_inner())
}

fn key(commune: CommuneId, file: &Dropped) -> (FileKey, &'static str) {
    let commune = commune.0 as u32;
    match file.kind {
        FileUse::Picture => (FileKey::picture(commune, file.id.0, Size::Large), "jpg"),
        FileUse::Paper => {
            let kind = kind_of(&file.media_type);
            (FileKey::original(commune, file.id.0, kind), kind.extension())
        }
    }
}

/// The data as lines of a table, what is empty left out.
fn table(data: &Value, t: Texts) -> Table {
    let mut rows = Vec::new();
    lines(data, "", t, &mut rows);
    let columns =
        vec![Column::new(t.held_what(), ColumnKind::Text, 36), Column::new(t.held_value(), ColumnKind::Text, 60)];
    let rows = rows.into_iter().map(|(what, value)| vec![Cell::text(what), Cell::text(value)]).collect();
    Table { title: t.held_title().to_owned(), notes: Vec::new(), columns, rows, total: None }
}

fn lines(value: &Value, under: &str, t: Texts, rows: &mut Vec<(String, String)>) {
    let below = |name: &str| if under.is_empty() { name.to_owned() } else { format!("{under} › {name}") };
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                lines(value, &below(&label(t, name)), t, rows);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let under = if items.len() == 1 { under.to_owned() } else { format!("{under} {}", at + 1) };
                lines(item, &under, t, rows);
            }
        }
        Value::Null => {}
        Value::Bool(yes) => rows.push((under.to_owned(), if *yes { t.held_yes() } else { t.held_no() }.to_owned())),
        Value::Number(number) => rows.push((under.to_owned(), number.to_string())),
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => rows.push((under.to_owned(), text.clone())),
    }
}

/// The name of a field for people; its own name where it has none.
fn label(t: Texts, name: &str) -> String {
    match name {
        "taken_at" => t.f_taken_at(),
        "commune" => t.f_commune(),
        "producers" => t.f_producers(),
        "products" => t.f_products(),
        "places" => t.f_places(),
        "account" => t.account(),
        "sessions" => t.f_sessions(),
        "attended" => t.f_attended(),
        "requests" => t.requests(),
        "files" => t.f_files(),
        "consents" => t.mine_consents(),
        "needs" => t.f_needs(),
        "support" => t.f_support(),
        "dossiers" => t.f_dossiers(),
        "content" => t.f_content(),
        "name" => t.f_name(),
        "phone" => t.f_phone(),
        "representative" => t.f_representative(),
        "address" => t.f_address(),
        "tax_code" => t.f_tax_code(),
        "state" => t.state(),
        "kind" => t.f_kind(),
        "words" => t.f_words(),
        "note" => t.f_note(),
        "story" => t.f_story(),
        "description" => t.f_description(),
        _ => return name.to_owned(),
    }
    .to_owned()
}

/// Requests that a copy of the data answers.
pub fn is_for(request: &DataRequest) -> bool {
    matches!(request.state, RequestState::Open | RequestState::Answered)
        && request.kind == super::model::RequestKind::Access
}

/// The data alone, for programs.
pub fn json(held: &Held) -> Result<Vec<u8>, AppError> {
    serde_json::to_vec_pretty(&held.data).map_err(AppError::internal)
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;

    #[test]
    fn the_table_holds_what_the_data_holds_and_nothing_empty() {
        let data = json!({"producers": [
            {"content": {"name": "Hộ mẫu", "phone": "", "story": "Dòng một\nDòng hai"}, "support": []},
            {"content": {"name": "HTX mẫu"}, "paid": 5, "shown": true, "none": Map::new()},
        ]});
        let table = table(&data, Texts(Lang::Vi));
        let told: Vec<(&Cell, &Cell)> = table.rows.iter().map(|row| (&row[0], &row[1])).collect();
        let is = |what: &str, value: &str| told.contains(&(&Cell::text(what), &Cell::text(value)));
        assert_eq!(told.len(), 5, "{told:?}");
        assert!(is("Cơ sở 1 › Nội dung khai › Tên", "Hộ mẫu") && is("Cơ sở 2 › paid", "5"), "{told:?}");
        assert!(is("Cơ sở 2 › shown", "có"), "{told:?}");
    }
}
