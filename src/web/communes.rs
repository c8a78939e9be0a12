//! The communes served here and which one a request's host names.

use std::sync::{Arc, RwLock};

use crate::clock::Time;
use crate::db::{Cx, Db, Result, on};
use crate::ids::CommuneId;

/// A tenant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Commune {
    /// Official code.
    pub id: CommuneId,
    /// Name without "xã": `Hà Bắc`.
    pub name: String,
    /// Province or city: `Hải Phòng`.
    pub province: String,
    /// Host whose requests are this commune's; None: any.
    pub host: Option<String>,
    /// Base of event identifiers; fixed when the commune was made.
    pub id_base: String,
    /// True if all in it is sample data, which every page then says.
    pub sample: bool,
    /// When it was set up here.
    pub created_at: Time,
}

const ALL: &str = "SELECT id, name, province, host, id_base, sample, created_at FROM communes ORDER BY id";
const INSERT: &str = "INSERT INTO communes (id, name, province, host, id_base, sample, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING";

/// Every commune in the database.
pub async fn all(cx: &mut Cx<'_>) -> Result<Vec<Commune>> {
    on!(cx, c => sqlx::query_as(ALL).fetch_all(c).await)
}

/// Adds a commune; one that is there already stays as it is.
pub async fn insert(cx: &mut Cx<'_>, commune: &Commune) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune.id)
        .bind(&commune.name)
        .bind(&commune.province)
        .bind(&commune.host)
        .bind(&commune.id_base)
        .bind(commune.sample)
        .bind(commune.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// The communes in memory; small, and read on each request.
#[derive(Debug, Default)]
pub struct Communes(RwLock<Arc<Vec<Arc<Commune>>>>);

impl Communes {
    /// Reads them from the database.
    pub async fn load(db: &Db) -> Result<Self> {
        let communes = Self::default();
        communes.reload(db).await?;
        Ok(communes)
    }

    /// Reads them anew.
    pub async fn reload(&self, db: &Db) -> Result<()> {
        let mut conn = db.read().await?;
        let list = all(&mut conn.cx()).await?.into_iter().map(Arc::new).collect();
        *self.0.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(list);
        Ok(())
    }

    /// All of them.
    pub fn list(&self) -> Arc<Vec<Arc<Commune>>> {
        self.0.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// By code.
    pub fn get(&self, id: CommuneId) -> Option<Arc<Commune>> {
        self.list().iter().find(|commune| commune.id == id).cloned()
    }

    /// The commune of a host (without port). With one commune, any host is its.
    pub fn of_host(&self, host: &str) -> Option<Arc<Commune>> {
        let list = self.list();
        let named = list.iter().find(|c| c.host.as_deref().is_some_and(|h| h.eq_ignore_ascii_case(host)));
        match (named, list.as_slice()) {
            (Some(commune), _) => Some(commune.clone()),
            (None, [only]) => Some(only.clone()),
            (None, list) => list.iter().find(|c| c.host.is_none()).cloned(),
        }
    }
}
