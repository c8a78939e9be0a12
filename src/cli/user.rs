//! `sanvat user`: people are added, listed and let in from the command line.

use clap::Subcommand;

use crate::accounts::model::{Phone, Role};
use crate::accounts::{slips, store};
use crate::app::App;
use crate::ids::{CommuneId, UserId};
use crate::producers::store as producers;

/// What to do with people.
#[derive(Subcommand)]
pub enum Command {
    /// Adds a person and prints a one-time link by which they log in.
    Add {
        /// Their phone number; taken as theirs.
        #[arg(long)]
        phone: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// What they may do: officer, viewer, admin, helper (with --village) or operator.
        #[arg(long, value_parser = clap::value_parser!(Role))]
        role: Role,
        /// Name of the village a helper helps in.
        #[arg(long)]
        village: Option<String>,
    },
    /// Lists people with their roles.
    List,
    /// Prints a new one-time link for a person and ends their other sessions.
    Reset {
        /// Their phone number.
        #[arg(long)]
        phone: String,
    },
}

/// Runs `sanvat user …`.
pub async fn run(app: &App, command: Command) -> Result<(), String> {
    match command {
        Command::Add { phone, name, role, village } => add(app, &phone, &name, role, village.as_deref()).await,
        Command::List => list(app).await.map_err(|e| e.to_string()),
        Command::Reset { phone } => reset(app, &phone).await,
    }
}

fn phone_of(text: &str) -> Result<Phone, String> {
    Phone::parse(text).map_err(|e| e.say(crate::web::Lang::En))
}

async fn add(app: &App, phone: &str, name: &str, role: Role, village: Option<&str>) -> Result<(), String> {
    let phone = phone_of(phone)?;
    if matches!(role, Role::Owner | Role::Staff) {
        return Err("owners and staff are granted with their producer, on its page in the office".to_owned());
    }
    crate::seeding::base::ensure(app, false).await.map_err(|e| e.to_string())?;
    let commune = CommuneId(app.config.commune);
    let now = app.clock.now();
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    let village = match (role, village) {
        (Role::Helper, Some(name)) => {
            let all = producers::villages(&mut cx, commune).await.map_err(|e| e.to_string())?;
            let wanted = crate::fold::fold(name);
            let names = all.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ");
            let found = all.iter().find(|v| crate::fold::fold(&v.name) == wanted);
            Some(found.ok_or_else(|| format!("no village {name:?}; there are: {names}"))?.id)
        }
        (Role::Helper, None) => return Err("a helper needs --village".to_owned()),
        (_, Some(_)) => return Err("--village goes with --role helper".to_owned()),
        (_, None) => None,
    };
    let existing = store::users_by_phone(&mut cx, &phone).await.map_err(|e| e.to_string())?;
    let user = if let Some(user) = existing.iter().find(|u| u.phone_verified_at.is_some()) {
        user.id
    } else {
        let id = UserId::new(now);
        let verified = Some((now, "command"));
        store::insert_user(&mut cx, id, &phone, verified, &crate::web::form::clean(name), None, now)
            .await
            .map_err(|e| e.to_string())?;
        id
    };
    let scope = (role != Role::Operator).then_some(commune);
    store::insert_grant(&mut cx, user, role, scope, None, village, now).await.map_err(|e| e.to_string())?;
    let path = slips::make(app, &mut cx, user, None).await.map_err(|e| e.to_string())?;
    tx.commit().await.map_err(|e| e.to_string())?;
    println!("{} enters once, within three days, by:\n{}{path}", phone.grouped(), app.config.public());
    Ok(())
}

async fn list(app: &App) -> crate::db::Result<()> {
    let mut conn = app.db.read().await?;
    let mut cx = conn.cx();
    for user in store::all_users(&mut cx).await? {
        let grants = store::grants(&mut cx, user.id).await?;
        let mut roles: Vec<&str> = grants.iter().map(|g| g.role.word()).collect();
        roles.dedup();
        let confirmed = if user.phone_verified_at.is_some() { "confirmed" } else { "unconfirmed" };
        println!("{}\t{confirmed}\t{}\t{}", user.phone, roles.join(","), user.name);
    }
    Ok(())
}

async fn reset(app: &App, phone: &str) -> Result<(), String> {
    let phone = phone_of(phone)?;
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    let users = store::users_by_phone(&mut cx, &phone).await.map_err(|e| e.to_string())?;
    let user = users.first().ok_or_else(|| format!("nobody has the phone {}", phone.grouped()))?;
    store::end_all_sessions(&mut cx, user.id).await.map_err(|e| e.to_string())?;
    let path = slips::make(app, &mut cx, user.id, None).await.map_err(|e| e.to_string())?;
    tx.commit().await.map_err(|e| e.to_string())?;
    println!("{} ({}) enters once, within three days, by:\n{}{path}", user.name, phone.grouped(), app.config.public());
    Ok(())
}
