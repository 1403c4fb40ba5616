//! What the command line and the environment ask for. A flag wins over its variable.

use std::path::PathBuf;

use crate::aws::DynamoDb;

/// What `--help` prints.
pub const HELP: &str = "\
latchkey-local: the whole platform on this machine, in one process

  --port N          where to listen (PORT; 3000)
  --issuer URL      the issuer, behind a proxy that ends TLS (LATCHKEY_ISSUER; http://localhost:PORT)
  --mtls-port N     where clients come to with certificates (MTLS_PORT; the next port)
  --mtls-ca FILE    the issuers, as PEM, whose client certificates are trusted (LATCHKEY_MTLS_CA; any issuer)
  --aws-port N      where the AWS stand-ins listen on loopback (AWS_PORT; the next port but one)
  --data DIR        keep the data there between runs (LATCHKEY_DATA; .latchkey)
  --memory          keep nothing (LATCHKEY_MEMORY=1)
  --dynamodb URL    another DynamoDB than the own one, such as DynamoDB Local (LATCHKEY_DYNAMODB)
  --stand-ins       the AWS stand-ins alone, for functions that run elsewhere: events wait, nothing is planted
                    before `POST /_local/plant` (LATCHKEY_STAND_INS=1)
  --record FILE     record what DynamoDB is asked and answers (LATCHKEY_RECORD)
  --profile NAME    dev or test (LATCHKEY_PROFILE; dev)
  --template FILE   the template to serve (LATCHKEY_TEMPLATE; template.yaml)
  --help            this text";

/// What to do.
#[derive(Debug)]
pub enum Command {
    /// Serve.
    Serve(Options),
    /// Say what the options are.
    Help,
}

/// Whom the host is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// A developer: the demo, real limits, what happens on the console.
    Dev,
    /// Outside tests: in memory, registration open, per-address limits out of the way.
    Test,
}

/// Where the data lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data {
    /// In a temporary folder.
    Memory,
    /// In this folder.
    Folder(PathBuf),
}

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen, on the loopback address. 0 lets the system choose.
    pub port: u16,
    /// The issuer, where it is not the port itself that clients reach.
    pub issuer: Option<String>,
    /// Where clients come to with certificates, on the loopback address. 0 lets the system choose.
    pub mtls_port: u16,
    /// The issuers whose client certificates are trusted; any issuer where absent.
    pub mtls_ca: Option<PathBuf>,
    /// Where the stand-ins listen, on the loopback address. 0 lets the system choose.
    pub aws_port: u16,
    /// Where the data lives.
    pub data: Data,
    /// Who answers for DynamoDB.
    pub dynamodb: DynamoDb,
    /// Whether the functions run elsewhere, and this host is AWS for them.
    pub stand_ins: bool,
    /// Whom it is for.
    pub profile: Profile,
    /// The template.
    pub template: PathBuf,
}

/// A flag or a variable that makes no sense.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// There is no such flag.
    #[error("there is no option `{0}`; `--help` lists them")]
    Unknown(String),
    /// The flag needs a value.
    #[error("`{0}` needs a value")]
    Incomplete(String),
    /// The value makes no sense.
    #[error("`{value}` is not a value of `{option}`")]
    Wrong {
        /// Which option.
        option: String,
        /// What was given.
        value: String,
    },
}

impl Options {
    /// Reads the arguments (without the program's name) over the environment.
    ///
    /// # Errors
    /// When an option or a value makes no sense.
    pub fn parse(
        arguments: impl Iterator<Item = String>,
        environment: &[(String, String)],
    ) -> Result<Command, OptionsError> {
        let mut raw = Raw::from_environment(environment);
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let (flag, inline) = match argument.split_once('=') {
                Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
                None => (argument, None),
            };
            let mut value =
                || inline.clone().or_else(|| arguments.next()).ok_or(OptionsError::Incomplete(flag.clone()));
            match flag.as_str() {
                "--help" | "-h" => return Ok(Command::Help),
                "--memory" => raw.memory = true,
                "--port" => raw.port = Some(value()?),
                "--issuer" => raw.issuer = Some(value()?),
                "--mtls-port" => raw.mtls_port = Some(value()?),
                "--mtls-ca" => raw.mtls_ca = Some(value()?),
                "--aws-port" => raw.aws_port = Some(value()?),
                "--data" => (raw.data, raw.memory) = (Some(value()?), false),
                "--stand-ins" => raw.stand_ins = true,
                "--dynamodb" => raw.dynamodb = Some(value()?),
                "--record" => raw.record = Some(value()?),
                "--profile" => raw.profile = Some(value()?),
                "--template" => raw.template = Some(value()?),
                _ => return Err(OptionsError::Unknown(flag)),
            }
        }
        raw.check().map(Command::Serve)
    }

    /// The issuer of a host that listens on `port`.
    #[must_use]
    pub fn issuer(&self, port: u16) -> String {
        self.issuer.clone().unwrap_or_else(|| format!("http://localhost:{port}"))
    }

    /// How much the console shows.
    #[must_use]
    pub fn log_level(&self) -> tracing::Level {
        match self.profile {
            Profile::Dev => tracing::Level::INFO,
            Profile::Test => tracing::Level::WARN,
        }
    }
}

#[derive(Default)]
struct Raw {
    port: Option<String>,
    issuer: Option<String>,
    mtls_port: Option<String>,
    mtls_ca: Option<String>,
    aws_port: Option<String>,
    data: Option<String>,
    memory: bool,
    stand_ins: bool,
    dynamodb: Option<String>,
    record: Option<String>,
    profile: Option<String>,
    template: Option<String>,
}

impl Raw {
    fn from_environment(environment: &[(String, String)]) -> Self {
        let get = |name: &str| {
            environment
                .iter()
                .find(|(known, value)| known == name && !value.is_empty())
                .map(|(_, value)| value.clone())
        };
        Self {
            port: get("PORT"),
            issuer: get("LATCHKEY_ISSUER"),
            mtls_port: get("MTLS_PORT"),
            mtls_ca: get("LATCHKEY_MTLS_CA"),
            aws_port: get("AWS_PORT"),
            data: get("LATCHKEY_DATA"),
            memory: get("LATCHKEY_MEMORY").is_some_and(|value| value != "0"),
            stand_ins: get("LATCHKEY_STAND_INS").is_some_and(|value| value != "0"),
            dynamodb: get("LATCHKEY_DYNAMODB"),
            record: get("LATCHKEY_RECORD"),
            profile: get("LATCHKEY_PROFILE"),
            template: get("LATCHKEY_TEMPLATE"),
        }
    }

    fn check(self) -> Result<Options, OptionsError> {
        let wrong = |option: &str, value: &str| OptionsError::Wrong {
            option: option.to_owned(),
            value: value.to_owned(),
        };
        let number = |option: &str, value: Option<String>| match value {
            Some(value) => value.parse::<u16>().map(Some).map_err(|_| wrong(option, &value)),
            None => Ok(None),
        };
        let profile = match self.profile.as_deref() {
            None | Some("dev") => Profile::Dev,
            Some("test") => Profile::Test,
            Some(other) => return Err(wrong("--profile", other)),
        };
        let port = number("--port", self.port)?.unwrap_or(3000);
        // Where the system chooses ours, it chooses the others too.
        let beside = |distance: u16| if port == 0 { 0 } else { port.saturating_add(distance) };
        let mtls_port = number("--mtls-port", self.mtls_port)?.unwrap_or(beside(1));
        let aws_port = number("--aws-port", self.aws_port)?.unwrap_or(beside(2));
        let data = if self.memory || (profile == Profile::Test && self.data.is_none()) {
            Data::Memory
        } else {
            Data::Folder(self.data.map_or_else(|| PathBuf::from(".latchkey"), PathBuf::from))
        };
        let dynamodb = match (self.dynamodb, self.record) {
            (Some(url), _) => DynamoDb::At(url),
            (None, Some(file)) => DynamoDb::Recorded(PathBuf::from(file)),
            (None, None) => DynamoDb::Embedded,
        };
        let stand_ins = self.stand_ins;
        let template = self.template.map_or_else(|| PathBuf::from("template.yaml"), PathBuf::from);
        let mtls_ca = self.mtls_ca.map(PathBuf::from);
        let issuer = self.issuer;
        Ok(Options {
            port,
            issuer,
            mtls_port,
            mtls_ca,
            aws_port,
            data,
            dynamodb,
            stand_ins,
            profile,
            template,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str], environment: &[(&str, &str)]) -> Result<Options, OptionsError> {
        let environment: Vec<_> =
            environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        match Options::parse(arguments.iter().map(|text| (*text).to_owned()), &environment)? {
            Command::Serve(options) => Ok(options),
            Command::Help => panic!("help was not asked for"),
        }
    }

    #[test]
    fn a_flag_wins_over_its_variable() {
        let options = parse(&["--port", "4000"], &[("PORT", "5000"), ("LATCHKEY_DATA", "there")]).unwrap();
        assert_eq!((options.port, options.mtls_port, options.aws_port), (4000, 4001, 4002));
        assert_eq!(options.data, Data::Folder("there".into()));
    }

    #[test]
    fn the_test_profile_keeps_nothing_unless_told_where() {
        assert_eq!(parse(&["--profile=test"], &[]).unwrap().data, Data::Memory);
        assert_eq!(parse(&["--profile=test", "--data=x"], &[]).unwrap().data, Data::Folder("x".into()));
    }

    #[test]
    fn the_issuer_is_the_port_unless_a_proxy_is_in_front() {
        assert_eq!(parse(&[], &[]).unwrap().issuer(3000), "http://localhost:3000");
        let proxied = parse(&[], &[("LATCHKEY_ISSUER", "https://login.example")]).unwrap();
        assert_eq!(proxied.issuer(3000), "https://login.example");
    }

    #[test]
    fn another_dynamodb_goes_before_a_record() {
        let options = parse(&["--record=file"], &[]).unwrap();
        assert_eq!(options.dynamodb, DynamoDb::Recorded("file".into()));
        let options = parse(&["--record=file"], &[("LATCHKEY_DYNAMODB", "http://127.0.0.1:1")]).unwrap();
        assert_eq!(options.dynamodb, DynamoDb::At("http://127.0.0.1:1".to_owned()));
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        assert!(parse(&["--prot", "1"], &[]).unwrap_err().to_string().contains("`--prot`"));
        assert!(parse(&["--port", "99999"], &[]).is_err());
        assert!(parse(&["--port"], &[]).is_err());
    }
}
