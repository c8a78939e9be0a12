//! [`Ctx`]: who asks, from where, in which commune and language.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use http::request::Parts;
use http::{HeaderMap, header};

use super::communes::Commune;
use super::error::AppError;
use super::i18n::Lang;
use crate::accounts::model::{Person, Role};
use crate::app::App;
use crate::clock::{Day, Time};
use crate::ids::{CommuneId, ProducerId, UserId, VillageId};

/// Everything a handler needs to know of a request.
#[derive(Clone)]
pub struct Ctx {
    /// The program.
    pub app: App,
    /// The commune that the host names.
    pub commune: Arc<Commune>,
    /// Language of the answer.
    pub lang: Lang,
    /// Who is logged in.
    pub person: Option<Arc<Person>>,
    /// Address of the one who asks, through trusted proxies only.
    pub address: IpAddr,
    /// Path of the request.
    pub path: String,
    /// Query of the request, without `?`.
    pub query: String,
    /// Number of the request, in the log and on error pages.
    pub request_id: RequestId,
}

/// Number of a request: set by [`super::layers`], echoed in `x-request-id`.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

impl Ctx {
    /// The commune's code.
    pub fn commune_id(&self) -> CommuneId {
        self.commune.id
    }

    /// Now.
    pub fn now(&self) -> Time {
        self.app.clock.now()
    }

    /// Today in Việt Nam.
    pub fn today(&self) -> Day {
        self.app.clock.today()
    }

    /// The person logged in, or the way to the login page.
    pub fn person(&self) -> Result<&Arc<Person>, AppError> {
        self.person.as_ref().ok_or(AppError::LoginNeeded)
    }

    /// The logged-in person's id.
    pub fn user_id(&self) -> Result<UserId, AppError> {
        Ok(self.person()?.id)
    }

    /// An officer (or admin) of this commune.
    pub fn officer(&self) -> Result<&Arc<Person>, AppError> {
        let person = self.person()?;
        if person.has_role(self.commune.id, &[Role::Officer, Role::Admin]) {
            Ok(person)
        } else {
            Err(AppError::Forbidden)
        }
    }

    /// An officer, or a viewer who may look but not change.
    pub fn office_reader(&self) -> Result<&Arc<Person>, AppError> {
        let person = self.person()?;
        if person.has_role(self.commune.id, &[Role::Officer, Role::Admin, Role::Viewer]) {
            Ok(person)
        } else {
            Err(AppError::Forbidden)
        }
    }

    /// A helper, with the villages that are theirs.
    pub fn helper(&self) -> Result<Vec<VillageId>, AppError> {
        let villages = self.person()?.villages(self.commune.id);
        if villages.is_empty() { Err(AppError::Forbidden) } else { Ok(villages) }
    }

    /// Someone who may act for this producer: its owner, its staff or an officer. (Helpers act through
    /// their own pages, by village.) Others are told that there is no such thing.
    pub fn may_edit(&self, producer: ProducerId) -> Result<&Arc<Person>, AppError> {
        let person = self.person()?;
        if person.acts_for(self.commune.id, producer) { Ok(person) } else { Err(AppError::NotFound) }
    }

    /// The language chosen by `?lang`, then the cookie; None if none was chosen.
    pub fn chosen_lang(query: &str, headers: &HeaderMap) -> Option<Lang> {
        let asked = query.split('&').find_map(|pair| pair.strip_prefix("lang=")).and_then(Lang::from_tag);
        asked.or_else(|| cookie(headers, "lang").and_then(Lang::from_tag))
    }

    /// As read from the request alone, nobody logged in: for error pages where the database does not answer.
    pub fn without_person(parts: &Parts, app: &App) -> Result<Self, AppError> {
        let of_code = label_commune(parts.uri.path()).and_then(|id| app.communes.get(id));
        let commune = of_code.or_else(|| app.communes.of_host(host_of(parts))).ok_or(AppError::NotFound)?;
        Ok(Self {
            app: app.clone(),
            commune,
            lang: Self::lang_of(parts),
            person: None,
            address: address_of(parts, app),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            request_id: parts.extensions.get::<RequestId>().cloned().unwrap_or_else(|| RequestId("-".into())),
        })
    }

    fn lang_of(parts: &Parts) -> Lang {
        let query = parts.uri.query().unwrap_or_default();
        Self::chosen_lang(query, &parts.headers).unwrap_or_else(|| {
            let is_label = parts.uri.path().len() > 3 && parts.uri.path()[..3].eq_ignore_ascii_case("/t/");
            let accepted = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
            if is_label { accepted.and_then(Lang::accepted).unwrap_or_default() } else { Lang::Vi }
        })
    }
}

/// The commune that a label's code names: under `/t/` it goes before the host's, so that a label is answered at
/// whichever address of this service it is opened (DESIGN.md, "Tenancy").
fn label_commune(path: &str) -> Option<CommuneId> {
    let code = path.strip_prefix("/t/").or_else(|| path.strip_prefix("/T/"))?.split('/').next()?;
    let code = crate::labels::code::LabelCode::parse(code).ok()?;
    i32::try_from(code.commune()).ok().map(CommuneId)
}

/// A cookie's value.
pub fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(n, v)| (n == name).then_some(v))
}

/// The host that was asked for, without port.
pub fn host_of(parts: &Parts) -> &str {
    let host = parts
        .headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .or_else(|| parts.uri.authority().map(http::uri::Authority::as_str))
        .unwrap_or_default();
    host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit())).map_or(host, |(host, _)| host)
}

/// The address of the one who asks. Forwarding headers are read from the right, and only as far as each hop
/// is a trusted proxy.
pub fn address_of(parts: &Parts, app: &App) -> IpAddr {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |info| info.0.ip().to_canonical());
    let trusted = |ip: IpAddr| app.config.trusted_proxies.iter().any(|network| network.contains(ip));
    if !trusted(peer) {
        return peer;
    }
    let mut address = peer;
    let hops = parts.headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok()).collect::<Vec<_>>();
    for hop in hops.iter().rev().flat_map(|value| value.rsplit(',')) {
        let Ok(ip) = hop.trim().parse::<IpAddr>() else { break };
        address = ip.to_canonical();
        if !trusted(address) {
            break;
        }
    }
    address
}

impl FromRequestParts<App> for Ctx {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        if let Some(ctx) = parts.extensions.get::<Self>() {
            return Ok(ctx.clone());
        }
        let visitor = Self::without_person(parts, app)?;
        let person = match cookie(&parts.headers, crate::accounts::session::cookie_name(app)) {
            Some(token) => crate::accounts::session::person_of(app, token).await?,
            None => None,
        };
        let ctx = Self { person, ..visitor };
        parts.extensions.insert(ctx.clone());
        Ok(ctx)
    }
}
