//! A run's codes as a file for a print shop: CSV (RFC 4180) with the columns `serial,code,url`, read from the database
//! in pieces and never held as a whole.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::header;
use sha2::{Digest, Sha256};

use crate::db::Db;
use crate::recalls::pieces::Serials;
use crate::web::{AppError, Ctx};

use super::super::model::{LabelRow, LabelRun, PrintKind, RunKind, code_of};
use super::super::qr::label_url;
use super::super::store::prints::Print;
use super::super::store::{self, runs};
use super::load::WholeRun;
use super::print::recorded;

/// Codes that are read at once.
const PIECE: i64 = 5_000;
const HEAD: &str = "serial,code,url\r\n";

/// Codes in order, as far as they were written.
struct Reading {
    db: Db,
    run: LabelRun,
    /// Declared void before the file was asked for, so that it is the same file for ever.
    void: Vec<Serials>,
    origin: String,
    next: i64,
    last: i64,
}

/// The codes of a record as pieces of a file, each with how many codes it holds.
fn pieces(db: &Db, run: &WholeRun, print: &Print) -> impl Stream<Item = Result<(Bytes, i64), AppError>> + use<> {
    let reading = Reading {
        db: db.clone(),
        run: run.run.clone(),
        void: run.voids.iter().filter(|void| void.created_at <= print.created_at).map(|void| void.serials).collect(),
        origin: run.origin().to_owned(),
        next: print.first_label,
        last: if run.is_serial() { print.last_label } else { print.first_label },
    };
    let head = stream::iter([Ok((Bytes::from_static(HEAD.as_bytes()), 0))]);
    head.chain(stream::try_unfold(reading, async |mut reading| {
        if reading.next > reading.last {
            return Ok(None);
        }
        let piece = reading.piece().await?;
        Ok(Some((piece, reading)))
    }))
}

impl Reading {
    async fn piece(&mut self) -> Result<(Bytes, i64), AppError> {
        let (commune, id) = (self.run.commune_id, self.run.id);
        let end = self.last.min(self.next + PIECE - 1);
        let mut conn = self.db.read().await?;
        let rows = if self.run.kind == RunKind::Serial {
            runs::labels_between(&mut conn.cx(), commune, id, (self.next, end), PIECE).await?
        } else {
            store::first_label(&mut conn.cx(), commune, id).await?.into_iter().collect()
        };
        drop(conn);
        self.next = end + 1;
        let mut text = String::with_capacity(rows.len() * 96);
        let mut count = 0;
        for row in rows {
            if row.serial.is_none_or(|serial| !self.void.iter().any(|range| range.holds(serial))) {
                self.write(row, &mut text)?;
                count += 1;
            }
        }
        Ok((Bytes::from(text), count))
    }

    fn write(&self, row: LabelRow, text: &mut String) -> Result<(), AppError> {
        let code =
            code_of(self.run.commune_id, row.id).ok_or_else(|| AppError::internal("a label's number has no code"))?;
        let url = label_url(&self.origin, code).map_err(AppError::internal)?;
        // Writing to a String does not fail.
        let _ = match row.serial {
            Some(serial) => write!(text, "{serial},{code},{url}\r\n"),
            None => write!(text, ",{code},{url}\r\n"),
        };
        Ok(())
    }
}

/// How many codes the file of a record has, and its SHA-256 as hex.
pub async fn counted(db: &Db, run: &WholeRun, print: &Print) -> Result<(i64, String), AppError> {
    let (mut sum, mut count) = (Sha256::new(), 0);
    let mut pieces = std::pin::pin!(pieces(db, run, print));
    while let Some(piece) = pieces.next().await {
        let (bytes, codes) = piece?;
        sum.update(&bytes);
        count += codes;
    }
    Ok((count, data_encoding::HEXLOWER.encode(&sum.finalize())))
}

/// `GET /cua-toi/tem/{number}/in/{id}/ma.csv`: the codes of a record.
pub async fn csv(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let (run, print) = {
        let mut conn = ctx.app.db.read().await?;
        recorded(&ctx, &mut conn.cx(), &number, &id, PrintKind::File).await?
    };
    let name = format!("attachment; filename=\"ma-tem-dot-{}.csv\"", run.run.number);
    let body = pieces(&ctx.app.db, &run, &print).map(|piece| match piece {
        Ok((bytes, _)) => Ok(bytes),
        Err(error) => {
            tracing::error!(?error, "a file of codes broke off");
            Err(std::io::Error::other("the file of codes broke off"))
        }
    });
    let sum = data_encoding::HEXLOWER.decode(print.sha256.as_bytes()).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8; header=present".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        // RFC 9530: what whoever downloads it by a program checks it with.
        (header::HeaderName::from_static("repr-digest"), format!("sha-256=:{}:", data_encoding::BASE64.encode(&sum))),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}
