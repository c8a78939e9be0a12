//! What the program is told at start, by flags or `SANVAT_…` environment. `sanvat --help` is the manual;
//! a wrong value is refused at start with what was expected.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Settings that every command takes.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Folder of the database file, the search index and uploaded files.
    #[arg(long, global = true, env = "SANVAT_DATA_DIR", default_value = "sanvat-data", value_name = "FOLDER")]
    pub data_dir: PathBuf,

    /// `sqlite:PATH` or `postgres://USER:PASSWORD@HOST/NAME`. Unset: `sanvat.db` in the data folder.
    #[arg(long, global = true, env = "SANVAT_DATABASE_URL", value_name = "URL", value_parser = database_url)]
    pub database_url: Option<String>,

    /// Address of a Meilisearch server. Unset: the embedded index in the data folder.
    #[arg(long, global = true, env = "SANVAT_SEARCH_URL", value_name = "URL", value_parser = http_url)]
    pub search_url: Option<String>,

    /// Key of the Meilisearch server; one that may write indexes.
    #[arg(long, global = true, env = "SANVAT_SEARCH_KEY", value_name = "KEY", hide_env_values = true)]
    pub search_key: Option<String>,

    /// Where to listen.
    #[arg(long, global = true, env = "SANVAT_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    pub listen: SocketAddr,

    /// Address that people see, printed in every QR code: `https://sanvat.habac.example`.
    /// Unset: `http://` and the listening address.
    #[arg(long, global = true, env = "SANVAT_PUBLIC_URL", value_name = "URL", value_parser = public_url)]
    pub public_url: Option<String>,

    /// Proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed: addresses or networks
    /// (`10.0.0.0/8`), parted by commas.
    #[arg(long, global = true, env = "SANVAT_TRUSTED_PROXIES", value_delimiter = ',', value_name = "NETWORKS")]
    pub trusted_proxies: Vec<Network>,

    /// Listens beyond this machine although the public URL is plain http. For a test in a closed network.
    #[arg(long, global = true, env = "SANVAT_INSECURE_LAN")]
    pub insecure_lan: bool,

    /// Official code of the commune that a new database is made for.
    #[arg(long, global = true, env = "SANVAT_COMMUNE", default_value_t = 10816, value_name = "CODE",
          value_parser = clap::value_parser!(i32).range(1..=99999))]
    pub commune: i32,

    /// Days for which single openings of labels are kept; what they add up to is kept for good.
    #[arg(long, global = true, env = "SANVAT_SCAN_DAYS", default_value_t = 90, value_name = "DAYS",
          value_parser = clap::value_parser!(i64).range(35..=3650))]
    pub scan_days: i64,

    /// How to write the log.
    #[arg(long, global = true, env = "SANVAT_LOG", default_value = "text", value_name = "FORMAT")]
    pub log: LogFormat,

    /// What to log: `info`, `debug`, or per module as `sanvat=debug,sqlx=warn`.
    #[arg(long, global = true, env = "SANVAT_LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    pub log_level: String,
}

/// Form of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line, for collectors.
    Json,
}

impl Config {
    /// Settings as they are with no flag and no environment, in this data folder.
    pub fn in_folder(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            database_url: None,
            search_url: None,
            search_key: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            trusted_proxies: Vec::new(),
            insecure_lan: false,
            commune: 10816,
            scan_days: 90,
            log: LogFormat::Text,
            log_level: "info".to_owned(),
        }
    }

    /// The database's address.
    pub fn database(&self) -> String {
        self.database_url.clone().unwrap_or_else(|| format!("sqlite:{}", self.data_dir.join("sanvat.db").display()))
    }

    /// The address that people see, without a slash at the end.
    pub fn public(&self) -> String {
        self.public_url.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// True when people come by https: cookies are then `Secure` and carry the `__Host-` prefix.
    pub fn is_https(&self) -> bool {
        self.public().starts_with("https://")
    }

    /// What is wrong with the settings taken together.
    pub fn check(&self) -> Result<(), String> {
        if !self.is_https() && !self.listen.ip().is_loopback() && !self.insecure_lan {
            return Err(format!(
                "listening on {} with the plain public address {}: passwords would cross the network in the open. \
                 Expected a public URL with https:// behind a proxy, an address of this machine only \
                 (127.0.0.1), or --insecure-lan for a test in a closed network",
                self.listen,
                self.public()
            ));
        }
        Ok(())
    }
}

fn database_url(text: &str) -> Result<String, String> {
    if ["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| text.starts_with(scheme)) {
        Ok(text.to_owned())
    } else {
        Err("expected sqlite:PATH or postgres://USER:PASSWORD@HOST/NAME".to_owned())
    }
}

fn http_url(text: &str) -> Result<String, String> {
    let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
    match rest {
        Some(rest) if !rest.is_empty() && !rest.contains(char::is_whitespace) => {
            Ok(text.trim_end_matches('/').to_owned())
        }
        _ => Err("expected http://HOST or https://HOST".to_owned()),
    }
}

fn public_url(text: &str) -> Result<String, String> {
    let url = http_url(text)?;
    let host = url.split("://").nth(1).unwrap_or_default();
    if host.contains(['/', '?', '#', '@']) {
        return Err("expected scheme and host only, such as https://sanvat.habac.example".to_owned());
    }
    Ok(url)
}

/// A network of addresses in CIDR form; one address is a network of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

impl Network {
    /// True if `address` lies in this network; IPv4 addresses mapped into IPv6 count as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address.to_canonical()) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                u32::from(net) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                u128::from(net) & mask == u128::from(ip) & mask
            }
            _ => false,
        }
    }
}

impl std::str::FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("expected an address or a network such as 10.0.0.0/8, not {text:?}");
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(most);
        if prefix > most { Err(wrong()) } else { Ok(Self { address, prefix }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_its_addresses() {
        let network: Network = "10.0.0.0/8".parse().unwrap();
        assert!(network.contains("10.1.2.3".parse().unwrap()));
        assert!(network.contains("::ffff:10.1.2.3".parse().unwrap()));
        assert!(!network.contains("11.0.0.1".parse().unwrap()));
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("8.8.8.8".parse().unwrap()));
        assert!("10.0.0.0/33".parse::<Network>().is_err());
        assert!("ten".parse::<Network>().is_err());
    }

    #[test]
    fn plain_http_listens_on_this_machine_only() {
        let mut config = Config::in_folder("data");
        assert!(config.check().is_ok());
        config.listen = SocketAddr::from(([0, 0, 0, 0], 8080));
        assert!(config.check().is_err());
        config.insecure_lan = true;
        assert!(config.check().is_ok());
        config.insecure_lan = false;
        config.public_url = Some("https://sanvat.example".into());
        assert!(config.check().is_ok());
    }

    #[test]
    fn a_public_url_is_scheme_and_host() {
        assert!(public_url("https://sanvat.example/").is_ok());
        assert!(public_url("https://sanvat.example/x").is_err());
        assert!(public_url("ftp://sanvat.example").is_err());
    }
}
