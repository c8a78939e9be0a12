//! Passwords: argon2id with the parameters OWASP's password storage cheat sheet gives as its minimum
//! (19 MiB, 2 passes, 1 lane), hashed off the async threads, two at a time at most.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

/// Shortest password taken, in characters.
pub const SHORTEST: usize = 8;
/// Longest password taken, in characters.
pub const LONGEST: usize = 200;

/// Hashes and checks passwords.
#[derive(Clone)]
pub struct Hasher {
    params: Params,
    turns: Arc<Semaphore>,
    decoy: Arc<str>,
}

impl Hasher {
    /// The real parameters.
    pub fn strong() -> Self {
        Self::with(Params::new(19 * 1024, 2, 1, None).unwrap_or(Params::DEFAULT))
    }

    /// Parameters for tests, which hash often and guard nothing.
    pub fn cheap() -> Self {
        Self::with(Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or(Params::DEFAULT))
    }

    fn with(params: Params) -> Self {
        let decoy = hash(&params, "a password that no account has").unwrap_or_default();
        Self { params, turns: Arc::new(Semaphore::new(2)), decoy: decoy.into() }
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: &str) -> Result<String, String> {
        let _turn = self.turns.acquire().await.map_err(|e| e.to_string())?;
        let (params, password) = (self.params.clone(), password.to_owned());
        tokio::task::spawn_blocking(move || hash(&params, &password)).await.map_err(|e| e.to_string())?
    }

    /// True if the password is the hash's. With no hash it takes as long and is false, so that time tells
    /// nobody whether an account exists.
    pub async fn verify(&self, password: &str, stored: Option<&str>) -> bool {
        let Ok(_turn) = self.turns.acquire().await else { return false };
        let exists = stored.is_some();
        let (stored, password) = (stored.unwrap_or(&self.decoy).to_owned(), password.to_owned());
        let checked = tokio::task::spawn_blocking(move || {
            PasswordHash::new(&stored)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        });
        checked.await.unwrap_or(false) && exists
    }
}

fn hash(params: &Params, password: &str) -> Result<String, String> {
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon.hash_password(password.as_bytes()).map(|hash| hash.to_string()).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let hasher = Hasher::cheap();
        let hash = hasher.hash("vải thiều 2026").await.unwrap();
        assert!(hash.starts_with("$argon2id$"));
        assert!(hasher.verify("vải thiều 2026", Some(&hash)).await);
        assert!(!hasher.verify("vải thiều 2025", Some(&hash)).await);
        assert!(!hasher.verify("a password that no account has", None).await);
        assert!(!hasher.verify("", Some("not a hash")).await);
    }
}
